// Forms say themselves what is wrong: at the field, in the page's words, with the focus on the first one.

import type { Page } from '@playwright/test';
import { expect, expectTrouble, PASSWORD, type Person, REFUSED, test, useHouse } from './support/house.ts';
import { arrived, t } from './support/screens.ts';

const house = useHouse();
let ada: Person;

test.beforeAll(async () => {
  ada = await house.owner();
  await house.room(ada, 'Salon');
});

/** Whether the browser would show a bubble of its own. */
const bubbles = (page: Page): Promise<number> =>
  page.evaluate(
    () =>
      [...document.querySelectorAll('form')].filter((form) => form.method !== 'dialog' && !form.noValidate)
        .length,
  );

test('a form for an account begins with the first field that is wrong', async ({ browser }) => {
  const page = await house.visit(browser, null, '/register');
  const username = page.getByLabel(t.account.username, { exact: true });
  const password = page.getByLabel(t.account.password, { exact: true });
  expect(await bubbles(page)).toBe(0);
  await page.getByRole('button', { name: t.register.action }).click();
  await expect(username).toBeFocused();
  await expect(username).toHaveAccessibleDescription(t.form.missing);
  await expect(password).toHaveAccessibleDescription(t.form.missing);
  await username.fill('bo');
  await password.fill('short');
  await page.keyboard.press('Enter');
  await expect(password).toBeFocused();
  await expect(password).toHaveAccessibleDescription(t.form.tooShort(8));
  // What only the server knows is told in the same way.
  await username.fill('ada');
  await password.fill(PASSWORD);
  expectTrouble(page, REFUSED);
  await page.keyboard.press('Enter');
  await expect(username).toBeFocused();
  await expect(username).toHaveAccessibleDescription(t.errors.name_taken);
});

test('a dialog and the settings do the same', async ({ browser }) => {
  const page = await house.visit(browser, ada, '/r/salon');
  await arrived(page, 'Salon');
  await page.getByRole('button', { name: t.rooms.create }).click();
  const dialog = page.getByRole('dialog', { name: t.createRoom.title });
  await dialog.getByRole('button', { name: t.createRoom.action }).click();
  const name = dialog.getByLabel(t.createRoom.name, { exact: true });
  await expect(name).toBeFocused();
  await expect(name).toHaveAccessibleDescription(t.form.missing);
  await name.fill('😀'.repeat(65));
  await expect(name).toHaveAccessibleDescription(t.form.tooLong(1));
  expect(await bubbles(page)).toBe(0);
  await page.keyboard.press('Escape');
  // The way back through the history, which closing takes, would end the way to another page.
  await page.waitForFunction(() => (history.state as { layer?: number } | null)?.layer === undefined);
  await page.goto(`${house.url}/settings`);
  await page.getByRole('button', { name: t.settings.changePassword }).click();
  await expect(page.getByLabel(t.account.currentPassword, { exact: true })).toBeFocused();
  expect(await bubbles(page)).toBe(0);
});
