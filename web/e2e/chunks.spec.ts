// What is loaded only when it is needed: it waits quietly, says when it does not come, and comes when asked again.

import type { Page, Route } from '@playwright/test';
import { expect, expectTrouble, type Person, test, UNREACHABLE, useHouse } from './support/house.ts';
import { arrived, composer, heading, row, t } from './support/screens.ts';

const house = useHouse();
let ada: Person;

test.beforeAll(async () => {
  ada = await house.owner();
  await house.room(ada, 'Salon');
});

/** Everything that a room does not need at once. */
const CHUNKS = /\/assets\/(?!(?:index|room|shared)-)[^/]+\.js$/;

/** Keeps the chunks from a page: until they are let through, they wait or fail. */
async function holdBack(page: Page): Promise<{ fail: () => Promise<void>; release: () => Promise<void> }> {
  const waiting: Route[] = [];
  let isOpen = false;
  let isBroken = false;
  await page.route(CHUNKS, async (route) => {
    if (isOpen) await route.continue();
    else if (isBroken) await route.abort('connectionrefused');
    else waiting.push(route);
  });
  return {
    fail: async () => {
      // What is asked for a moment later fails, too.
      isBroken = true;
      for (const route of waiting.splice(0)) await route.abort('connectionrefused');
    },
    release: async () => {
      isOpen = true;
      for (const route of waiting.splice(0)) await route.continue();
    },
  };
}

/** A page of somebody who counts bytes, so that nothing is loaded before it is asked for. */
async function visit(browser: Parameters<typeof house.visit>[0], path: string) {
  const page = await house.visit(browser, ada, '/api/v1/server');
  await page.addInitScript(() => {
    Object.defineProperty(navigator, 'connection', { value: { saveData: true } });
  });
  expectTrouble(page, UNREACHABLE);
  const chunks = await holdBack(page);
  await page.goto(`${house.url}${path}`);
  return { page, chunks };
}

test('a dialog that takes its time keeps the keys and the focus', async ({ browser }) => {
  const { page, chunks } = await visit(browser, '/r/salon');
  await arrived(page, 'Salon');
  const field = composer(page, 'Salon');
  await field.fill('half a thought');
  await page.keyboard.press('Control+k');
  await expect(page.getByRole('dialog', { name: t.app.loading })).toBeAttached();
  await page.keyboard.type('salon');
  await page.keyboard.press('Enter');
  await expect(field).toHaveValue('half a thought');
  await expect(page.getByRole('article')).toHaveCount(0);
  await chunks.release();
  await expect(page.getByRole('combobox', { name: t.switcher.label })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect(field).toBeFocused();
});

test('a dialog that is closed before it came stays closed', async ({ browser }) => {
  const { page, chunks } = await visit(browser, '/r/salon');
  await arrived(page, 'Salon');
  await composer(page, 'Salon').focus();
  await page.keyboard.press('Control+k');
  await expect(page.getByRole('dialog', { name: t.app.loading })).toBeAttached();
  await page.keyboard.press('Escape');
  await expect(composer(page, 'Salon')).toBeFocused();
  await chunks.release();
  await page.waitForLoadState('networkidle');
  await expect(page.getByRole('dialog')).toHaveCount(0);
});

test('a dialog that did not come says so, and comes when asked again', async ({ browser }) => {
  const { page, chunks } = await visit(browser, '/r/salon');
  await arrived(page, 'Salon');
  await composer(page, 'Salon').focus();
  await page.keyboard.press('Control+/');
  await expect(page.getByRole('dialog', { name: t.app.loading })).toBeAttached();
  await chunks.fail();
  const failed = page.getByRole('dialog', { name: t.chunk.failed });
  await expect(failed.getByRole('button', { name: t.app.tryAgain })).toBeFocused();
  await chunks.release();
  await failed.getByRole('button', { name: t.app.tryAgain }).click();
  await expect(page.getByRole('dialog', { name: t.keys.title })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(composer(page, 'Salon')).toBeFocused();
});

test('a screen and a panel that did not come say so', async ({ browser }) => {
  const { page, chunks } = await visit(browser, '/settings');
  await expect(page.locator('main[aria-busy]')).toBeAttached();
  await chunks.fail();
  await expect(heading(page, t.chunk.failed)).toBeVisible();
  await chunks.release();
  await page.getByRole('button', { name: t.app.tryAgain }).click();
  await expect(heading(page, t.settings.title)).toBeVisible();

  const { page: other, chunks: held } = await visit(browser, '/r/salon');
  await arrived(other, 'Salon');
  await other.keyboard.press('Control+.');
  const panel = other.getByRole('complementary', { name: t.info.label });
  await expect(panel.getByRole('button', { name: t.room.infoHide })).toBeVisible();
  await held.fail();
  await expect(panel.getByRole('alert')).toContainText(t.chunk.failed);
  await held.release();
  await panel.getByRole('button', { name: t.app.tryAgain }).click();
  await expect(panel.getByRole('button', { name: t.room.leave })).toBeVisible();
});

test('a text to copy by hand says that it did not come, and comes', async ({ browser }) => {
  const salon = await ada.rest.roomBySlug('salon');
  await house.say(ada, salon, ['to be copied']);
  const { page, chunks } = await visit(browser, '/r/salon');
  await arrived(page, 'Salon');
  await page.evaluate(() => {
    Object.defineProperty(navigator, 'clipboard', { value: undefined });
    document.execCommand = () => false;
  });
  await row(page, 'to be copied').hover();
  await row(page, 'to be copied').getByRole('button', { name: t.message.actions }).click();
  await page.getByRole('menuitem', { name: t.message.copyText }).click();
  await chunks.fail();
  await expect(page.getByRole('dialog', { name: t.chunk.failed })).toBeVisible();
  await chunks.release();
  await page.getByRole('button', { name: t.app.tryAgain }).click();
  const dialog = page.getByRole('dialog', { name: t.copying.title });
  await expect(dialog.getByRole('textbox', { name: t.copying.text })).toBeFocused();
});

test('what has not been opened yet opens without a connection', async ({ browser }) => {
  const page = await house.visit(browser, ada, '/r/salon');
  await arrived(page, 'Salon');
  await expect
    .poll(() =>
      page.evaluate(() =>
        performance
          .getEntriesByType('resource')
          .map(({ name }) => name)
          .join(),
      ),
    )
    .toMatch(/BrowseScreen/);
  await page.waitForLoadState('networkidle');
  expectTrouble(page, UNREACHABLE);
  await page.context().setOffline(true);
  await page.keyboard.press('Control+k');
  await expect(page.getByRole('combobox', { name: t.switcher.label })).toBeFocused();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: t.rooms.create }).click();
  await expect(page.getByRole('dialog', { name: t.createRoom.title })).toBeVisible();
});

test('a page that is older than its server is loaded anew, once, and keeps what was being written', async ({
  browser,
}) => {
  const { page, chunks } = await visit(browser, '/r/salon');
  await arrived(page, 'Salon');
  await composer(page, 'Salon').fill('half a thought');
  // The server begins with another script by now, and has none of the parts that this page would load.
  let loads = 0;
  page.on('load', () => (loads += 1));
  await page.route(
    (url) => url.pathname === '/',
    async (route) => {
      const response = await route.fetch();
      const html = (await response.text()).replace(
        /src="\/assets\/index-[^"]+"/,
        'src="/assets/index-newer.js"',
      );
      await route.fulfill({ response, body: html });
    },
  );
  await page.keyboard.press('Control+/');
  await chunks.fail();
  await expect.poll(() => loads).toBe(1);
  await arrived(page, 'Salon');
  await expect(composer(page, 'Salon')).toHaveValue('half a thought');
  // It came as it was: now that is told, and there is no circle.
  await page.keyboard.press('Control+/');
  await expect(page.getByRole('dialog', { name: t.chunk.failed })).toBeVisible();
  expect(loads).toBe(1);
});
