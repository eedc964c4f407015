// Accounts: making one, signing in and out, and the devices that are signed in.

import { expect, expectTrouble, PASSWORD, type Person, REFUSED, test, useHouse } from './support/house.ts';
import { arrived, heading, openSettings, rowBy, say, signInByForm, t } from './support/screens.ts';

const house = useHouse();
let ada: Person;

test.beforeAll(async () => {
  ada = await house.owner();
  await house.room(ada, 'Hall');
});

test('making an account leads inside, and the name is taken from then on', async ({ browser }) => {
  const page = await house.visit(browser, null, '/');
  await page.getByRole('link', { name: t.signIn.toRegister }).click();
  await page.getByLabel(new RegExp(`^${t.account.displayName}`)).fill('Grace Hopper');
  await page.getByLabel(t.account.username, { exact: true }).fill('grace');
  await page.getByLabel(t.account.password, { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: t.register.action }).click();
  await expect(heading(page, t.rooms.none)).toBeVisible();
  await expect(page.getByRole('link', { name: /Grace Hopper/ })).toBeVisible();

  const other = await house.visit(browser, null, '/register');
  expectTrouble(other, REFUSED);
  await other.getByLabel(t.account.username, { exact: true }).fill('grace');
  await other.getByLabel(t.account.password, { exact: true }).fill(PASSWORD);
  await other.getByRole('button', { name: t.register.action }).click();
  await expect(other.getByText(t.errors.name_taken)).toBeVisible();
});

test('a wrong password is said, and the right one still works', async ({ browser }) => {
  const page = await house.visit(browser, null, '/');
  expectTrouble(page, REFUSED);
  await signInByForm(page, 'ada', 'not the password');
  await expect(page.getByRole('alert').filter({ hasText: t.errors.wrong_credentials })).toBeVisible();
  // A name that does not exist gets the same words.
  await signInByForm(page, 'nobody', 'not the password');
  await expect(page.getByRole('alert').filter({ hasText: t.errors.wrong_credentials })).toBeVisible();
  await signInByForm(page, 'ada');
  await expect(page.getByRole('link', { name: /Ada Lovelace/ })).toBeVisible();
});

test('a deep link survives signing in', async ({ browser }) => {
  const page = await house.visit(browser, null, '/r/hall');
  await expect(page.getByRole('button', { name: t.signIn.action, exact: true })).toBeVisible();
  await signInByForm(page, 'ada');
  await arrived(page, 'Hall');
  expect(new URL(page.url()).pathname).toBe('/r/hall');
});

test('a return address can not lead elsewhere', async ({ browser }) => {
  for (const to of ['https://evil.example/', '//evil.example/', '/\\evil.example', 'javascript:alert(1)']) {
    const page = await house.visit(browser, null, `/sign-in?to=${encodeURIComponent(to)}`);
    await signInByForm(page, 'ada');
    await expect(page.getByRole('link', { name: /Ada Lovelace/ })).toBeVisible();
    expect(new URL(page.url()).origin).toBe(house.url);
  }
});

test('signing out ends the session on the server too', async ({ browser }) => {
  const page = await house.visit(browser, ada, '/r/hall');
  await arrived(page, 'Hall');
  const cookies = await page.context().cookies();
  expect(cookies.find((cookie) => cookie.name.startsWith('parlor_session'))).toMatchObject({
    httpOnly: true,
    sameSite: 'Lax',
  });
  await openSettings(page);
  const remembered = () => page.evaluate(() => JSON.stringify({ ...localStorage }));
  expect(await remembered()).toContain('hall');
  await page.getByRole('button', { name: t.settings.signOut, exact: true }).click();
  await expect(page.getByText(t.signIn.signedOut)).toBeVisible();
  // Whoever uses the browser next does not see where one was.
  expect(await remembered()).not.toContain('hall');
  // Even with the old cookie there is no way back.
  await page.context().addCookies(cookies);
  expectTrouble(page, REFUSED);
  const me = await page.request.get(`${house.url}/api/v1/me`);
  expect(me.status()).toBe(401);
  await page.goto(`${house.url}/r/hall`);
  await expect(page.getByRole('button', { name: t.signIn.action, exact: true })).toBeVisible();
});

test('a device that is revoked is signed out at once', async ({ browser }) => {
  const grete = await house.person('grete', 'Grete Hermann');
  const other = await house.visit(browser, grete, '/r/hall', {
    userAgent: 'Mozilla/5.0 (X11; Linux) Firefox/150.0',
  });
  expectTrouble(other, REFUSED);
  await expect(other.getByRole('button', { name: t.room.join })).toBeVisible();
  const page = await house.visit(browser, grete, '/settings');
  const devices = page.getByRole('region', { name: t.settings.sessions });
  await expect(devices.getByRole('listitem').filter({ hasText: t.settings.thisDevice })).toHaveCount(1);
  // The account was made over HTTP, so that session is in the list as well.
  await expect(devices.getByRole('listitem')).toHaveCount(3);
  const firefox = devices.getByRole('listitem').filter({ hasText: /Firefox/ });
  await firefox.getByRole('button').click();
  await expect(devices.getByRole('listitem')).toHaveCount(2);
  await expect(other.getByText(t.signIn.ended)).toBeVisible();
  await expect(devices.getByRole('listitem').filter({ hasText: t.settings.thisDevice })).toHaveCount(1);
});

test('a new password ends the other sessions', async ({ browser }) => {
  const emmy = await house.person('emmy', 'Emmy Noether');
  const other = await house.visit(browser, emmy, '/');
  expectTrouble(other, REFUSED);
  await expect(heading(other, t.rooms.none)).toBeVisible();
  const page = await house.visit(browser, emmy, '/settings');
  expectTrouble(page, REFUSED);
  const form = page.getByRole('region', { name: t.settings.password, exact: true });
  await form.getByLabel(t.account.currentPassword, { exact: true }).fill('wrong as can be');
  await form.getByLabel(t.account.newPassword, { exact: true }).fill('another good password');
  await form.getByRole('button', { name: t.settings.changePassword }).click();
  await expect(form.getByRole('alert')).not.toBeEmpty();
  await form.getByLabel(t.account.currentPassword, { exact: true }).fill(PASSWORD);
  await form.getByRole('button', { name: t.settings.changePassword }).click();
  await expect(page.getByText(t.settings.passwordChanged)).toBeVisible();
  await expect(other.getByText(t.signIn.ended)).toBeVisible();
  await signInByForm(other, 'emmy', 'another good password');
  await expect(heading(other, t.rooms.none)).toBeVisible();
});

test('a new name is seen by the others', async ({ browser }) => {
  const bob = await house.person('bob', 'Bob');
  await bob.rest.joinRoom((await bob.rest.roomBySlug('hall')).id);
  const page = await house.visit(browser, bob, '/r/hall');
  await arrived(page, 'Hall');
  await say(page, 'Hall', 'It is me.');
  await openSettings(page);
  await page.getByLabel(t.account.displayName, { exact: true }).fill('Robert');
  await page
    .getByRole('region', { name: t.settings.profile })
    .getByRole('button', { name: t.app.save })
    .click();
  await expect(page.getByText(t.settings.saved)).toBeVisible();
  const reader = await house.visit(browser, ada, '/r/hall');
  await expect(rowBy(reader, 'Robert', 'It is me.')).toBeVisible();
});
