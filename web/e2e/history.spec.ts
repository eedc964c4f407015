// The timeline: pages both ways, jumps, and never a row that moves under the reader's eyes.

import type { Page } from '@playwright/test';
import { type Room, WINDOW_MAXIMUM } from '../../packages/client/src/index.ts';
import { expect, type Person, test, useHouse } from './support/house.ts';
import { arrived, bodies, feed, row, say, t } from './support/screens.ts';

const house = useHouse();
const COUNT = 400;
let ada: Person;
let bo: Person;
let room: Room;

test.beforeAll(async () => {
  ada = await house.owner();
  bo = await house.person('bo', 'Bo Diddley');
  room = await house.room(ada, 'Archive', [bo]);
  await house.say(
    bo,
    room,
    Array.from({ length: COUNT }, (_, index) => line(index + 1)),
  );
});

/** Lines of different heights, each known by its number. */
function line(number: number): string {
  return number % 7 === 0 ? `No. ${number}. ${'A longer tale. '.repeat(12)}` : `No. ${number}.`;
}

function numbers(texts: readonly string[]): number[] {
  return texts.map((text) => Number(/^No\. (\d+)\./.exec(text)?.[1] ?? Number.NaN));
}

/** Scrolls by steps, and tells how far the first visible row was at worst from where it should have been. */
async function scrollBy(
  page: Page,
  step: number,
  untilText: string,
  mostSteps: number,
): Promise<{ error: number; steps: number }> {
  return page.getByRole('feed').evaluate(
    async (feed, { step, untilText, mostSteps }) => {
      const frame = (): Promise<unknown> => new Promise(requestAnimationFrame);
      let scroller: Element = feed;
      while (!/auto|scroll/.test(getComputedStyle(scroller).overflowY) && scroller.parentElement)
        scroller = scroller.parentElement;
      const top = scroller.getBoundingClientRect().top;
      const rows = (): Element[] => [...feed.querySelectorAll('article')];
      let error = 0;
      let steps = 0;
      while (steps < mostSteps && !rows().some((row) => row.textContent.includes(untilText))) {
        const anchor = rows().find((row) => row.getBoundingClientRect().top >= top);
        if (!anchor) throw new Error('No row is visible.');
        const before = anchor.getBoundingClientRect().top;
        const room =
          step < 0 ? scroller.scrollTop : scroller.scrollHeight - scroller.clientHeight - scroller.scrollTop;
        scroller.scrollTop += step;
        await frame();
        await frame();
        // At the very edge there is no telling how far it could go; while a page is on its way one waits there.
        if (room > Math.abs(step) && anchor.isConnected) {
          error = Math.max(error, Math.abs(anchor.getBoundingClientRect().top - before + step));
        }
        steps += 1;
      }
      return { error, steps };
    },
    { step, untilText, mostSteps },
  );
}

/** How far a row moves while something happens. */
async function moves(page: Page, during: () => Promise<void>): Promise<number> {
  const anchor = await page.getByRole('feed').evaluateHandle((feed) => {
    let scroller: Element = feed;
    while (!/auto|scroll/.test(getComputedStyle(scroller).overflowY) && scroller.parentElement)
      scroller = scroller.parentElement;
    const top = scroller.getBoundingClientRect().top;
    const found = [...feed.querySelectorAll('article')].find((row) => row.getBoundingClientRect().top >= top);
    if (!found) throw new Error('No row is visible.');
    return found;
  });
  const before = await anchor.evaluate((row) => row.getBoundingClientRect().top);
  await during();
  return Math.abs((await anchor.evaluate((row) => row.getBoundingClientRect().top)) - before);
}

test('a room opens at its end, and is read back to its beginning without a jump', async ({ browser }) => {
  const page = await house.visit(browser, ada, '/r/archive');
  await arrived(page, 'Archive');
  await expect(row(page, `No. ${COUNT}.`)).toBeInViewport();
  const { error, steps } = await scrollBy(page, -150, 'No. 1.', 2000);
  await expect(row(page, /^.*No\. 1\./)).toHaveCount(1);
  expect(steps).toBeGreaterThan(40);
  expect(error).toBeLessThanOrEqual(2);
  // The page holds a part of it, without a hole, in order.
  const shown = numbers(await bodies(page));
  expect(shown.length).toBeLessThanOrEqual(WINDOW_MAXIMUM);
  expect(shown).toEqual(Array.from({ length: shown.length }, (_, index) => index + 1));

  const down = await scrollBy(page, 150, `No. ${COUNT}.`, 2000);
  expect(down.error).toBeLessThanOrEqual(2);
  await expect(row(page, `No. ${COUNT}.`)).toHaveCount(1);
  const end = numbers(await bodies(page));
  expect(end.at(-1)).toBe(COUNT);
  expect(end).toEqual(Array.from({ length: end.length }, (_, index) => COUNT - end.length + 1 + index));
});

test('an address leads to a message far back', async ({ browser }) => {
  const { messages } = await ada.rest.history(room.id, { limit: 200, before: 120 });
  const wanted = messages.find((message) => message.body.startsWith('No. 60.'));
  const page = await house.visit(browser, ada, `/r/archive?at=${wanted?.seq ?? 0}`);
  await expect(row(page, 'No. 60.')).toBeInViewport();
  await expect(row(page, 'No. 60.')).toBeFocused();
  const shown = numbers(await bodies(page));
  expect(shown).toEqual(Array.from({ length: shown.length }, (_, index) => (shown[0] ?? 0) + index));
  await page.getByRole('button', { name: t.timeline.jump }).click();
  await expect(row(page, `No. ${COUNT}.`)).toBeInViewport();
  await expect(page.getByRole('button', { name: t.timeline.jump })).toHaveCount(0);
});

test('what others say never moves a reader, and is counted', async ({ browser }) => {
  const other = await house.room(ada, 'Shelf', [bo]);
  await house.say(
    bo,
    other,
    Array.from({ length: 80 }, (_, index) => line(index + 1)),
  );
  const page = await house.visit(browser, ada, '/r/shelf');
  await arrived(page, 'Shelf');
  await expect(row(page, 'No. 80.')).toBeInViewport();
  await scrollBy(page, -120, 'nowhere', 12);
  const pill = page.getByRole('button', { name: t.timeline.jump });
  await expect(pill).toBeVisible();
  const distance = await moves(page, async () => {
    await house.say(bo, other, ['news one', 'news two', 'news three']);
    await expect(page.getByRole('button', { name: t.timeline.jumpNew(3) })).toBeVisible();
  });
  expect(distance).toBeLessThanOrEqual(2);

  // Nor does a message above that grows, or one that shrinks.
  const { messages } = await ada.rest.history(other.id, { limit: 100 });
  const above = messages.filter((message) =>
    ['No. 30.', 'No. 35.'].some((start) => message.body.startsWith(start)),
  );
  const grown = await moves(page, async () => {
    for (const message of above) {
      await bo.rest.editMessage(other.id, message.id, {
        body: `Changed. ${'And much longer than before. '.repeat(30)}`,
      });
    }
    await expect(row(page, 'Changed.')).toHaveCount(2);
  });
  expect(grown).toBeLessThanOrEqual(2);

  await page.getByRole('button', { name: t.timeline.jumpNew(3) }).click();
  await expect(row(page, 'news three')).toBeInViewport();
  await expect(pill).toHaveCount(0);
});

test('at the end one stays at the end', async ({ browser }) => {
  const other = await house.room(ada, 'Brook', [bo]);
  await house.say(
    bo,
    other,
    Array.from({ length: 60 }, (_, index) => line(index + 1)),
  );
  const page = await house.visit(browser, ada, '/r/brook');
  await arrived(page, 'Brook');
  await house.say(bo, other, ['a drop', `a flood ${'of words '.repeat(200)}`, 'the last drop']);
  await expect(row(page, 'the last drop')).toBeInViewport();
  // The last message itself grows.
  const { messages } = await ada.rest.history(other.id, { limit: 1 });
  await bo.rest.editMessage(other.id, messages[0]?.id ?? '', {
    body: `it grew ${'and grew '.repeat(150)} END`,
  });
  await expect(row(page, 'it grew')).toBeInViewport();
  await expect
    .poll(async () =>
      feed(page, 'Brook').evaluate((element) => {
        const last =
          element.querySelector('article:last-of-type')?.getBoundingClientRect().bottom ?? Infinity;
        return last <= (element.closest('.scroller')?.getBoundingClientRect().bottom ?? 0) + 2;
      }),
    )
    .toBe(true);
});

test("one's own words bring one to the end", async ({ browser }) => {
  const page = await house.visit(browser, ada, '/r/archive');
  await arrived(page, 'Archive');
  await expect(row(page, `No. ${COUNT}.`)).toBeInViewport();
  await scrollBy(page, -400, 'nowhere', 20);
  await expect(page.getByRole('button', { name: t.timeline.jump })).toBeVisible();
  await say(page, 'Archive', 'back to now');
  await expect(row(page, 'back to now')).toBeInViewport();
});
