// Keys that belong to an input method: they choose a word, and neither send, save, move nor close anything.

import type { Locator } from '@playwright/test';
import { expect, type Person, test, useHouse } from './support/house.ts';
import { arrived, composer, row, t } from './support/screens.ts';

const house = useHouse();
let ada: Person;

test.beforeAll(async () => {
  ada = await house.owner();
  await house.room(ada, 'Hall');
  const study = await house.room(ada, 'Study');
  await house.say(ada, study, ['first', 'second']);
});

/** A key as Safari tells of it: after the composition, with the code that says that an input method has it. */
async function compose(
  target: Locator,
  key: string,
  init: { altKey?: boolean; ctrlKey?: boolean } = {},
): Promise<void> {
  await target.evaluate(
    (element, { key, init }) => {
      const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...init });
      Object.defineProperty(event, 'keyCode', { value: 229 });
      element.dispatchEvent(event);
    },
    { key, init },
  );
}

test('in the composer, Enter does not send, and the arrows and Escape do nothing', async ({ browser }) => {
  const page = await house.visit(browser, ada, '/r/hall');
  await arrived(page, 'Hall');
  const field = composer(page, 'Hall');
  await field.fill('にほん');
  await compose(field, 'Enter');
  await expect(field).toHaveValue('にほん');
  await expect(page.getByRole('article')).toHaveCount(0);
  await compose(field, 'ArrowDown', { altKey: true });
  await compose(field, 'k', { ctrlKey: true });
  await expect(page.getByRole('dialog')).toHaveCount(0);
  expect(page.url()).toBe(`${house.url}/r/hall`);
  await field.press('Enter');
  await expect(row(page, 'にほん')).toBeVisible();
});

test('while editing, Enter does not save and Escape does not give up', async ({ browser }) => {
  const page = await house.visit(browser, ada, '/r/study');
  await arrived(page, 'Study');
  await expect(row(page, 'second')).toBeVisible();
  await composer(page, 'Study').press('ArrowUp');
  const field = page.getByRole('textbox', { name: t.message.editLabel });
  await field.fill('さいご');
  await compose(field, 'Enter');
  await compose(field, 'Escape');
  await expect(field).toHaveValue('さいご');
  await field.press('Escape');
  await expect(field).toHaveCount(0);
});

test('on a row, in the switcher and in a dialog they do nothing either', async ({ browser }) => {
  const page = await house.visit(browser, ada, '/r/study');
  await arrived(page, 'Study');
  const last = row(page, 'second');
  await last.focus();
  for (const key of ['Enter', 'ArrowUp', 'Delete', 'e', 'r', 'Escape']) await compose(last, key);
  await expect(last).toBeFocused();
  await expect(page.getByRole('menu')).toHaveCount(0);
  await expect(page.getByRole('dialog')).toHaveCount(0);

  await page.keyboard.press('Control+k');
  const switcher = page.getByRole('combobox', { name: t.switcher.label });
  await switcher.fill('hall');
  await compose(switcher, 'Enter');
  await expect(switcher).toBeVisible();
  await page.keyboard.press('Escape');

  // A real key press, which the browser itself would answer: by sending the form, by closing the dialog.
  await page.getByRole('button', { name: t.rooms.create }).click();
  const name = page.getByRole('dialog').getByLabel(t.createRoom.name, { exact: true });
  await name.fill('かな');
  const session = await page.context().newCDPSession(page);
  for (const [key, text] of [
    ['Enter', '\r'],
    ['Escape', ''],
  ] as const) {
    const press = { key, code: key, windowsVirtualKeyCode: 229 };
    await session.send('Input.dispatchKeyEvent', { type: 'keyDown', text, ...press });
    await session.send('Input.dispatchKeyEvent', { type: 'keyUp', ...press });
  }
  await expect(name).toHaveValue('かな');
  await expect(page.getByRole('dialog')).toBeVisible();
  await name.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
});
