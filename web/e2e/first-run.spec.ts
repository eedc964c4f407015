// From the link that the server prints to the first message.

import { expect, expectTrouble, PASSWORD, REFUSED, test, useHouse } from './support/house.ts';
import { arrived, composer, heading, roomLink, row, say, t } from './support/screens.ts';

const house = useHouse({ environment: { PARLOR_REGISTRATION: 'invite', PARLOR_GUESTS: 'invite' } });

test('the setup link leads to the first message, and works once', async ({ browser }) => {
  const begin = Date.now();
  const page = await house.visit(browser, null, '/');
  // A stranger is told where the link is.
  await expect(page.getByText(t.signIn.setupNeeded)).toBeVisible();
  await page.goto(house.server.setupLink);
  await expect(heading(page, t.setup.title)).toBeVisible();
  await page.getByLabel(new RegExp(`^${t.account.displayName}`)).fill('Ada Lovelace');
  await page.getByLabel(t.account.username, { exact: true }).fill('ada');
  await page.getByLabel(t.account.password, { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: t.setup.action }).click();

  // The first room opens, with the way on.
  await arrived(page, 'Lobby');
  const lobby = page.getByRole('main');
  await expect(lobby.getByRole('button', { name: t.invites.invite }).first()).toBeVisible();
  await expect(lobby.getByRole('button', { name: t.rooms.create })).toBeVisible();
  await lobby.getByRole('button', { name: t.setup.nameServer }).click();
  await expect(page.getByRole('dialog', { name: t.setup.nameServer })).toContainText('PARLOR_SERVER_NAME');
  await page.keyboard.press('Escape');

  // A first room is there already; here one makes one's own.
  await expect(roomLink(page, 'Lobby')).toBeVisible();
  await lobby.getByRole('button', { name: t.rooms.create }).click();
  const dialog = page.getByRole('dialog', { name: t.createRoom.title });
  await dialog.getByLabel(t.createRoom.name, { exact: true }).fill('Salon');
  await dialog.getByRole('button', { name: t.createRoom.action }).click();
  await arrived(page, 'Salon');
  await expect(composer(page, 'Salon')).toBeFocused();
  await say(page, 'Salon', 'The first word.');
  await expect(row(page, 'The first word.')).toBeVisible();
  expect(Date.now() - begin).toBeLessThan(60_000);

  // The secret is not left in the address.
  expect(page.url()).toBe(`${house.url}/r/salon`);
  const me = await page.request.get(`${house.url}/api/v1/me`);
  expect(((await me.json()) as { user: { role: string } }).user.role).toBe('owner');

  const late = await house.visit(browser, null, `/setup${new URL(house.server.setupLink).hash}`);
  expectTrouble(late, REFUSED);
  await expect(late.getByText(t.setup.done)).toBeVisible();
});
