// What is unread: marked for those who look away and come back, and no more once it was removed.

import type { Page } from '@playwright/test';
import { expect, type Person, test, useHouse } from './support/house.ts';
import { arrived, feed, roomLink, row, t } from './support/screens.ts';

const house = useHouse();
let ada: Person;
let bo: Person;

test.beforeAll(async () => {
  ada = await house.owner();
  bo = await house.person('bo', 'Bo Diddley');
});

const numbered = (count: number, word = 'line') =>
  Array.from({ length: count }, (_, index) => `${word} ${index + 1}.`);

/** As when another tab comes before this one, or it comes back. */
async function show(page: Page, isShown: boolean): Promise<void> {
  await page.evaluate((isShown) => {
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => !isShown });
    Object.defineProperty(document, 'visibilityState', {
      configurable: true,
      get: () => (isShown ? 'visible' : 'hidden'),
    });
    document.dispatchEvent(new Event('visibilitychange'));
  }, isShown);
}

/** As when another window is used, or this one again. */
async function use(page: Page, isUsed: boolean): Promise<void> {
  await page.evaluate((isUsed) => dispatchEvent(new FocusEvent(isUsed ? 'focus' : 'blur')), isUsed);
}

const marked = (page: Page, text: string) => row(page, text).locator('[data-unread]');

test('who looks away finds the line at the first message that was not seen, each time', async ({
  browser,
}) => {
  const room = await house.room(ada, 'Hall', [bo]);
  await house.say(ada, room, ['seen']);
  const page = await house.visit(browser, bo, '/r/hall');
  await arrived(page, 'Hall');
  await expect(page.locator('[data-unread]')).toHaveCount(0);
  // What was said before one came is read once it was looked at for a moment.
  await expect(page).toHaveTitle(/^Hall/);

  await use(page, false);
  await house.say(ada, room, numbered(12, 'away'));
  await expect(row(page, 'away 12.')).toBeVisible();
  await expect(page).toHaveTitle(/^\(12\) /);
  await use(page, true);
  await expect(marked(page, 'away 1.')).toHaveCount(1);
  await expect(page.locator('[data-unread]')).toHaveCount(1);
  // It is read once it was seen, and the line stays while one is there.
  await expect(page).toHaveTitle(/^Hall/);
  await house.say(ada, room, ['seen too']);
  await expect(row(page, 'seen too')).toBeVisible();
  await expect(marked(page, 'away 1.')).toHaveCount(1);
  await page.waitForTimeout(1500);

  await show(page, false);
  await house.say(ada, room, numbered(40, 'hidden'));
  await expect(page).toHaveTitle(/^\(40\) /);
  await show(page, true);
  await expect(marked(page, 'hidden 1.')).toHaveCount(1);
  await expect(page.locator('[data-unread]')).toHaveCount(1);
  // More has come than fits on the screen: one goes on where one stopped.
  await expect(row(page, 'hidden 1.')).toBeInViewport();
});

test('nobody who has gone away from the machine has seen what comes', async ({ browser }) => {
  // Somebody of their own: what is unread elsewhere is counted in the title, too, on every device.
  const cy = await house.person('cy', 'Cy Twombly');
  const room = await house.room(ada, 'Study', [cy]);
  await house.say(ada, room, ['seen']);
  const page = await house.visit(browser, cy, '/');
  await page.clock.install();
  await page.goto(`${house.url}/r/study`);
  await arrived(page, 'Study');
  await page.clock.runFor(5_000);
  await page.clock.fastForward(600_000);
  await house.say(ada, room, numbered(3, 'late'));
  await expect(row(page, 'late 3.')).toBeVisible();
  await page.clock.runFor(5_000);
  await expect(page).toHaveTitle(/^\(3\) /);
  await page.mouse.move(300, 300);
  await page.clock.runFor(5_000);
  await expect(marked(page, 'late 1.')).toHaveCount(1);
  await expect(page).toHaveTitle(/^Study/);
});

test('more than a window holds may come meanwhile', async ({ browser }) => {
  const dee = await house.person('dee', 'Dee Why');
  const room = await house.room(ada, 'Mill', [dee]);
  await house.say(ada, room, ['seen']);
  const page = await house.visit(browser, dee, '/r/mill');
  await arrived(page, 'Mill');
  await page.waitForTimeout(1500);
  await show(page, false);
  await house.say(ada, room, numbered(340, 'grain'));
  await expect(page).toHaveTitle(/^\(100\) /);
  await show(page, true);
  await expect(marked(page, 'grain 1.')).toHaveCount(1);
  await expect(row(page, 'grain 1.')).toBeInViewport();
  await page.getByRole('button', { name: new RegExp(t.timeline.jump) }).click();
  await expect(feed(page, 'Mill').getByText('grain 340.')).toBeInViewport();
  await expect(page).toHaveTitle(/^Mill/);
});

test('unread messages that are removed are unread no more, in a room that is not open', async ({
  browser,
}) => {
  const eve = await house.person('eve', 'Eve Babitz');
  const room = await house.room(ada, 'Market', [eve]);
  await house.room(ada, 'Quiet', [eve]);
  const page = await house.visit(browser, eve, '/r/quiet');
  await arrived(page, 'Quiet');
  await house.say(ada, room, numbered(3));
  const link = roomLink(page, 'Market');
  await expect(link).toContainText(t.rooms.unread(3));
  const { messages } = await ada.rest.history(room.id);
  await ada.rest.editMessage(room.id, messages[1]?.id ?? '', { body: 'changed' });
  await ada.rest.deleteMessage(room.id, messages[0]?.id ?? '');
  await expect(link).toContainText(t.rooms.unread(2), { timeout: 15_000 });
  for (const message of messages.slice(1)) await ada.rest.deleteMessage(room.id, message.id);
  await expect(link).not.toContainText(/unread/, { timeout: 20_000 });
  await expect(page).toHaveTitle(/^Quiet/);
  await link.click();
  await arrived(page, 'Market');
  await expect(row(page, t.timeline.deleted)).toHaveCount(3);
  await expect(page.locator('[data-unread]')).toHaveCount(0);
});
