// The way back on a phone: menus too.

import { expect, type Person, test, useHouse } from './support/house.ts';
import { arrived, heading, roomLink, row, t } from './support/screens.ts';

const house = useHouse();
let ada: Person;

test.beforeAll(async () => {
  ada = await house.owner();
  const hall = await house.room(ada, 'Hall');
  await house.say(ada, hall, ['first', 'last']);
});

test('closes a menu, then the dialog that it led to, then the room, then the list of rooms to browse', async ({
  browser,
}) => {
  const page = await house.visit(browser, ada, '/');
  await roomLink(page, 'Hall').tap();
  await arrived(page, 'Hall');
  const last = row(page, 'last');
  await last.tap();
  await page.getByRole('button', { name: t.message.actions, exact: true }).tap();
  await expect(page.getByRole('menu')).toBeVisible();
  await page.goBack();
  await expect(page.getByRole('menu')).toHaveCount(0);
  await expect(last).toBeVisible();
  await last.tap();
  await page.getByRole('button', { name: t.message.actions, exact: true }).tap();
  await page.getByRole('menuitem', { name: t.message.remove }).tap();
  await expect(page.getByRole('dialog')).toBeVisible();
  await page.goBack();
  await expect(page.getByRole('dialog')).toHaveCount(0);
  expect(new URL(page.url()).pathname).toBe('/r/hall');
  await page.goBack();
  await expect(roomLink(page, 'Hall')).toBeVisible();
  await page.getByRole('link', { name: t.rooms.browse }).tap();
  await expect(heading(page, t.browse.title)).toBeVisible();
  await page.goBack();
  await expect(roomLink(page, 'Hall')).toBeVisible();
});
