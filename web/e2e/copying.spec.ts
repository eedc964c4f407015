// Copying where the page has no clipboard, as on plain http, and where the browser allows nothing at all.

import type { Page } from '@playwright/test';
import { expect, type Person, test, useHouse } from './support/house.ts';
import { arrived, row, t } from './support/screens.ts';

const house = useHouse();
let ada: Person;

test.beforeAll(async () => {
  ada = await house.owner();
  const room = await house.room(ada, 'Salon');
  await house.say(ada, room, ['two\nlines']);
});

/** A page as on plain http: without the clipboard, and without the older way if that is not allowed either. */
async function visit(browser: Parameters<typeof house.visit>[0], isAllowed: boolean): Promise<Page> {
  const page = await house.visit(browser, ada, '/api/v1/server', {
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  await page.addInitScript((allowed) => {
    const { clipboard } = navigator;
    Object.defineProperty(navigator, 'clipboard', { value: undefined });
    Object.assign(window, { clipboardOfBefore: clipboard });
    if (!allowed) document.execCommand = () => false;
  }, isAllowed);
  await page.goto(`${house.url}/r/salon`);
  await arrived(page, 'Salon');
  return page;
}

const copied = (page: Page): Promise<string> =>
  page.evaluate(() => (window as unknown as { clipboardOfBefore: Clipboard }).clipboardOfBefore.readText());

async function choose(page: Page, label: string): Promise<void> {
  await row(page, 'two').hover();
  await row(page, 'two').getByRole('button', { name: t.message.actions }).click();
  await page.getByRole('menuitem', { name: label }).click();
}

test('works on plain http, and says so', async ({ browser }) => {
  const page = await visit(browser, true);
  await choose(page, t.message.copyLink);
  await expect(page.getByText(t.message.linkCopied)).toBeInViewport();
  expect(await copied(page)).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/r\/salon\?at=\d+$/);
  await choose(page, t.message.copyText);
  await expect(page.getByText(t.message.textCopied)).toBeInViewport();
  expect(await copied(page)).toBe('two\nlines');

  await page.getByRole('button', { name: t.room.info }).click();
  const panel = page.getByRole('complementary', { name: t.info.label });
  await panel.getByRole('button', { name: t.info.copyAddress }).click();
  expect(await copied(page)).toBe(`${house.url}/r/salon`);
  await panel.getByRole('button', { name: t.invites.create }).click();
  await panel.getByRole('button', { name: t.invites.copy }).click();
  expect(await copied(page)).toMatch(/\/invite#/);
});

test('shows what the browser does not let it copy, selected', async ({ browser }) => {
  const page = await visit(browser, false);
  await choose(page, t.message.copyText);
  const dialog = page.getByRole('dialog', { name: t.copying.title });
  const field = dialog.getByRole('textbox', { name: t.copying.text });
  await expect(field).toBeFocused();
  await expect(field).toHaveValue('two\nlines');
  const selected = await field.evaluate((element: HTMLTextAreaElement) =>
    element.value.slice(element.selectionStart, element.selectionEnd),
  );
  expect(selected).toBe('two\nlines');
  await page.keyboard.press('Escape');
  await expect(dialog).toHaveCount(0);

  await page.getByRole('button', { name: t.room.info }).click();
  const panel = page.getByRole('complementary', { name: t.info.label });
  await panel.getByRole('button', { name: t.info.copyAddress }).click();
  await expect(panel.getByText(t.copying.body)).toBeVisible();
  await expect(panel.getByRole('textbox', { name: t.info.address })).toBeFocused();
});
