// Guests: in by a link, known as guests, and accounts later with all that was theirs.

import { expect, expectTrouble, PASSWORD, type Person, REFUSED, test, useHouse } from './support/house.ts';
import { arrived, heading, openSettings, row, rowBy, say, t } from './support/screens.ts';

const house = useHouse({ environment: { PARLOR_REGISTRATION: 'invite', PARLOR_GUESTS: 'invite' } });
let ada: Person;

test.beforeAll(async () => {
  ada = await house.owner();
});

test('a guest comes in by a link, talks, and becomes an account with name and history', async ({
  browser,
}) => {
  const room = await ada.rest.createRoom({ name: 'Study', kind: 'private' });
  const { path } = await ada.rest.createInvite(room.id);
  const host = await house.visit(browser, ada, `/r/${room.slug}`);
  await arrived(host, 'Study');

  const page = await house.visit(browser, null, path);
  await expect(page.getByText('Study').first()).toBeVisible();
  await page.getByRole('radio', { name: t.invite.enterAsGuest }).check();
  await page.getByLabel(t.account.displayName, { exact: true }).fill('Mary');
  await page.getByRole('button', { name: t.guest.action }).click();
  await arrived(page, 'Study');
  // The code is not left in the address.
  expect(page.url()).toBe(`${house.url}/r/${room.slug}`);
  await say(page, 'Study', 'May I come in?');
  await expect(rowBy(host, 'Mary', 'May I come in?')).toBeVisible();
  await expect(row(host, 'May I come in?')).toContainText(t.account.guest);

  await openSettings(page);
  const upgrade = page.getByRole('region', { name: t.settings.upgrade });
  await upgrade.getByLabel(t.account.username, { exact: true }).fill('mary');
  await upgrade.getByLabel(t.account.password, { exact: true }).fill(PASSWORD);
  await upgrade.getByRole('button', { name: t.settings.upgrade }).click();
  await expect(page.getByText(t.settings.upgraded)).toBeVisible();
  await page.goto(`${house.url}/r/${room.slug}`);
  await expect(rowBy(page, 'Mary', 'May I come in?')).toBeVisible();
  await expect(row(page, 'May I come in?')).not.toContainText(t.account.guest);
  await say(page, 'Study', 'Now I live here.');
  await expect(rowBy(host, 'Mary', 'Now I live here.')).toBeVisible();

  // It is an account: it can sign in anywhere, and finds its words.
  const elsewhere = await house.visit(browser, null, `/r/${room.slug}`);
  await elsewhere.getByLabel(t.account.username, { exact: true }).fill('mary');
  await elsewhere.getByLabel(t.account.password, { exact: true }).fill(PASSWORD);
  await elsewhere.getByRole('button', { name: t.signIn.action, exact: true }).click();
  await expect(row(elsewhere, 'May I come in?')).toBeVisible();
});

test('a guest can not make rooms or invite', async ({ browser }) => {
  const room = await ada.rest.createRoom({ name: 'Porch', kind: 'private' });
  const { path } = await ada.rest.createInvite(room.id);
  const page = await house.visit(browser, null, path);
  await page.getByLabel(t.account.displayName, { exact: true }).fill('Percy');
  await page.getByRole('button', { name: t.guest.action }).click();
  await arrived(page, 'Porch');
  await expect(page.getByRole('button', { name: t.rooms.create })).toHaveCount(0);
  await page.getByRole('button', { name: t.room.info }).click();
  await expect(page.getByRole('button', { name: t.invites.create })).toHaveCount(0);
  const answer = await page.request.post(`${house.url}/api/v1/rooms`, {
    data: { name: 'Mine', kind: 'public' },
    headers: { origin: house.url },
  });
  expect(answer.status()).toBe(403);
});

test('a link that was withdrawn opens nothing', async ({ browser }) => {
  const room = await ada.rest.createRoom({ name: 'Cellar', kind: 'private' });
  const { path, invite } = await ada.rest.createInvite(room.id);
  await ada.rest.revokeInvite(room.id, invite.id);
  const page = await house.visit(browser, null, path);
  expectTrouble(page, REFUSED);
  await expect(heading(page, t.invite.invalidTitle)).toBeVisible();
});

test('someone with an account comes in by a link after signing in', async ({ browser }) => {
  const room = await ada.rest.createRoom({ name: 'Attic', kind: 'private' });
  const first = await ada.rest.createInvite(room.id);
  const page = await house.visit(browser, null, first.path);
  await page.getByRole('radio', { name: t.invite.register }).check();
  await page.getByLabel(t.account.username, { exact: true }).fill('lin');
  await page.getByLabel(t.account.password, { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: t.register.action }).click();
  await arrived(page, 'Attic');
  // Signed in already, one click is enough.
  const other = await ada.rest.createRoom({ name: 'Loft', kind: 'private' });
  await page.goto(`${house.url}${(await ada.rest.createInvite(other.id)).path}`);
  await page.getByRole('button', { name: t.invite.accept('Loft') }).click();
  await arrived(page, 'Loft');
});
