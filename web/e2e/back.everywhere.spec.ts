// The way back: it closes what lies over the page, and leads to where one was in it.

import type { Page } from '@playwright/test';
import { expect, type Person, test, useHouse } from './support/house.ts';
import { arrived, composer, heading, roomLink, row, t } from './support/screens.ts';

const house = useHouse();
let ada: Person;

test.beforeAll(async () => {
  ada = await house.owner();
  const hall = await house.room(ada, 'Hall');
  await house.room(ada, 'Study');
  await house.say(
    ada,
    hall,
    Array.from({ length: 200 }, (_, index) => `line ${index + 1}.`),
  );
});

const path = (page: Page): string => new URL(page.url()).pathname;
const isTouch = (page: Page): Promise<boolean> =>
  page.evaluate(() => matchMedia('(pointer: coarse)').matches);

/** Home, then the room: so that going back one step too far shows. */
async function enter(page: Page): Promise<void> {
  await page.evaluate(() => {
    history.pushState(null, '', '/rooms');
    dispatchEvent(new PopStateEvent('popstate'));
  });
  await expect(heading(page, t.browse.title)).toBeVisible();
  await page
    .getByRole('listitem')
    .filter({ hasText: 'Hall' })
    .getByRole('link', { name: new RegExp(t.browse.open) })
    .click();
  await arrived(page, 'Hall');
}

test('closes the panel where it covers the room, then leaves the room', async ({ browser }) => {
  for (const width of [390, 800]) {
    const page = await house.visit(browser, ada, '/rooms', { viewport: { width, height: 800 } });
    await enter(page);
    const panel = page.getByRole('complementary', { name: t.info.label });
    for (const isOwnButton of [false, true]) {
      await page.getByRole('button', { name: t.room.info }).click();
      await expect(panel).toBeVisible();
      if (isOwnButton) await panel.getByRole('button', { name: t.room.infoHide }).click();
      else await page.goBack();
      await expect(panel).toHaveCount(0);
      expect(path(page)).toBe('/r/hall');
    }
    await page.goBack();
    await expect(heading(page, t.browse.title)).toBeVisible();
  }
});

test('closes a dialog and the switcher, one after another', async ({ browser }) => {
  const page = await house.visit(browser, ada, '/rooms');
  await enter(page);
  await page.getByRole('button', { name: t.invites.invite }).first().click();
  await expect(page.getByRole('dialog', { name: t.invites.inviteTo('Hall') })).toBeVisible();
  await page.goBack();
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect(composer(page, 'Hall')).toBeVisible();

  await page.keyboard.press('Control+k');
  await expect(page.getByRole('combobox', { name: t.switcher.label })).toBeVisible();
  await page.goBack();
  await expect(page.getByRole('combobox', { name: t.switcher.label })).toHaveCount(0);
  expect(path(page)).toBe('/r/hall');

  // What was closed by Escape has left nothing behind, and what was chosen is one step.
  await page.keyboard.press('Control+k');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('combobox', { name: t.switcher.label })).toHaveCount(0);
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: t.switcher.label }).fill('study');
  await page.keyboard.press('Enter');
  await arrived(page, 'Study');
  await page.goBack();
  await arrived(page, 'Hall');
  await page.goBack();
  await expect(heading(page, t.browse.title)).toBeVisible();
});

test('a reload leaves nothing of what lay over the page', async ({ browser }) => {
  const page = await house.visit(browser, ada, '/rooms');
  await enter(page);
  await page.getByRole('button', { name: t.invites.invite }).first().click();
  await expect(page.getByRole('dialog', { name: t.invites.inviteTo('Hall') })).toBeVisible();
  await page.reload();
  await arrived(page, 'Hall');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await page.waitForFunction(() => (history.state as { layer?: number } | null)?.layer === undefined);
  await page.goBack();
  await expect(heading(page, t.browse.title)).toBeVisible();
});

/** The first row that shows whole, and how far below the upper edge it begins. */
async function place(page: Page): Promise<{ text: string; top: number }> {
  return page.evaluate(() => {
    const scroller = document.querySelector('.scroller');
    const edge = scroller?.getBoundingClientRect().top ?? 0;
    const first = [...document.querySelectorAll('article')].find(
      (one) => one.getBoundingClientRect().top >= edge,
    );
    const top = (first?.getBoundingClientRect().top ?? 0) - edge;
    return { text: first?.querySelector('.body')?.textContent.trim() ?? '', top };
  });
}

async function scrollUp(page: Page, times: number): Promise<void> {
  for (let index = 0; index < times; index += 1) {
    await page.locator('.scroller').evaluate((scroller) => {
      scroller.scrollTop -= 700;
    });
    await page.waitForTimeout(100);
  }
  await page.waitForTimeout(400);
}

test('leads to the place where one was in a room, and so does a reload', async ({ browser }) => {
  const page = await house.visit(browser, ada, '/r/hall');
  await arrived(page, 'Hall');
  await expect(row(page, 'line 200.')).toBeInViewport();
  await scrollUp(page, 8);
  const before = await place(page);
  await page.evaluate(() => {
    history.pushState(null, '', '/settings');
    dispatchEvent(new PopStateEvent('popstate'));
  });
  await expect(heading(page, t.settings.title)).toBeVisible();
  await page.goBack();
  await arrived(page, 'Hall');
  await expect.poll(async () => (await place(page)).text).toBe(before.text);
  expect(Math.abs((await place(page)).top - before.top)).toBeLessThan(3);
  await page.reload();
  await arrived(page, 'Hall');
  await expect.poll(async () => (await place(page)).text).toBe(before.text);
  // Whoever comes anew comes to the end.
  await enter(page);
  await expect(row(page, 'line 200.')).toBeInViewport();
});

test('leads to a place in the middle after a reload, where one comes in at the end', async ({ browser }) => {
  const page = await house.visit(browser, ada, '/r/hall');
  await arrived(page, 'Hall');
  // So far from the end that the way back loads a part of the room, and so near to the end of that that it shows.
  await scrollUp(page, 4);
  const before = await place(page);
  const noted = () =>
    page.evaluate(() => {
      const { place } = history.state as { place?: { seq: number } };
      return document.querySelector(`[data-seq="${place?.seq ?? 0}"] .body`)?.textContent.trim();
    });
  await expect.poll(noted).toBe(before.text);
  await page.reload();
  await arrived(page, 'Hall');
  await expect.poll(async () => (await place(page)).text).toBe(before.text);
  // What is loaded next does not take one away from there.
  await page.waitForTimeout(1000);
  expect((await place(page)).text).toBe(before.text);
});

test('a link to a message leads there in a window that shows all that was loaded', async ({ browser }) => {
  const page = await house.visit(browser, ada, '/r/study', { viewport: { width: 1200, height: 2000 } });
  await arrived(page, 'Study');
  const hall = await ada.rest.roomBySlug('hall');
  const { messages } = await ada.rest.history(hall.id, { limit: 100 });
  const seq = messages.find(({ body }) => body === 'line 120.')?.seq;
  await page.goto(`${house.url}/r/hall?at=${seq ?? 0}`);
  await expect(row(page, 'line 120.')).toBeInViewport();
  await page.waitForTimeout(1000);
  await expect(row(page, 'line 120.')).toBeInViewport();
});

test('leads to the end, where one was at the end, and to what came meanwhile', async ({ browser }, {
  project,
}) => {
  const page = await house.visit(browser, ada, '/r/study');
  await arrived(page, 'Study');
  await page.evaluate(() => {
    history.pushState(null, '', '/rooms');
    dispatchEvent(new PopStateEvent('popstate'));
  });
  await expect(heading(page, t.browse.title)).toBeVisible();
  const study = await ada.rest.roomBySlug('study');
  await house.say(ada, study, [`meanwhile on ${project.name}`]);
  await page.goBack();
  await expect(row(page, `meanwhile on ${project.name}`)).toBeInViewport();
  if (!(await isTouch(page))) await expect(roomLink(page, 'Study')).toBeVisible();
});
