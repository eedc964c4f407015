// Whoever is stopped at the door comes out where they were going: by every way in, with query and fragment.

import type { Page } from '@playwright/test';
import { expect, PASSWORD, type Person, test, useHouse, expectTrouble, REFUSED } from './support/house.ts';
import { arrived, heading, row, signInByForm, t } from './support/screens.ts';

const house = useHouse();
let ada: Person;

test.beforeAll(async () => {
  ada = await house.owner();
  const hall = await house.room(ada, 'Hall');
  await house.say(
    ada,
    hall,
    Array.from({ length: 150 }, (_, index) => `line ${index + 1}.`),
  );
});

const addressOf = (page: Page): string => page.url().replace(house.url, '');

test('signing in leads to the settings, as one wanted', async ({ browser }) => {
  const page = await house.visit(browser, null, '/settings');
  await signInByForm(page, 'ada');
  await expect(heading(page, t.settings.title)).toBeVisible();
  expect(addressOf(page)).toBe('/settings');
  // The door is not left behind on the way back.
  await page.reload();
  await expect(heading(page, t.settings.title)).toBeVisible();
});

test('signing in leads to the place in the room', async ({ browser }) => {
  const page = await house.visit(browser, null, '/r/hall?at=20#here');
  await signInByForm(page, 'ada');
  await arrived(page, 'Hall');
  await expect(row(page, /^.*line 19\./).first()).toBeInViewport();
  expect(addressOf(page)).toBe('/r/hall?at=20#here');
});

test('so does making an account on the way', async ({ browser }, { project }) => {
  const page = await house.visit(browser, null, '/rooms?from=afar#list');
  await page.getByRole('link', { name: t.signIn.toRegister }).click();
  await page.getByLabel(t.account.username, { exact: true }).fill(`grace-${project.name}`);
  await page.getByLabel(t.account.password, { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: t.register.action }).click();
  await expect(heading(page, t.browse.title)).toBeVisible();
  expect(addressOf(page)).toBe('/rooms?from=afar#list');
});

test('so does entering as a guest', async ({ browser }) => {
  const page = await house.visit(browser, null, '/settings');
  await page.getByRole('link', { name: t.signIn.guestAction }).click();
  await page.getByLabel(t.account.displayName, { exact: true }).fill('Mary');
  await page.getByRole('button', { name: t.guest.action }).click();
  await expect(heading(page, t.settings.title)).toBeVisible();
  expect(addressOf(page)).toBe('/settings');
});

test('an invitation leads to its room by signing in too', async ({ browser }, { project }) => {
  const bo = await house.person(`bo-${project.name}`, 'Bo Diddley');
  const room = await ada.rest.createRoom({ name: `Study ${project.name}`, kind: 'private' });
  const { path } = await ada.rest.createInvite(room.id);
  const page = await house.visit(browser, null, path);
  await page.getByRole('radio', { name: t.invite.signIn }).check();
  await signInByForm(page, bo.username);
  await arrived(page, room.name);
  expect(addressOf(page)).toBe(`/r/${room.slug}`);
});

test('the session that ends meanwhile leads back too, and who signs out leaves no trail', async ({
  browser,
}) => {
  const page = await house.visit(browser, ada, '/r/hall?at=20');
  await arrived(page, 'Hall');
  // What the page was about to ask is refused, and the browser logs that.
  expectTrouble(page, REFUSED);
  await page.context().clearCookies();
  await page.reload();
  await signInByForm(page, 'ada');
  await arrived(page, 'Hall');
  expect(addressOf(page)).toBe('/r/hall?at=20');
  await page.goto(`${house.url}/settings`);
  await page.getByRole('button', { name: t.settings.signOut, exact: true }).click();
  await expect(page.getByText(t.signIn.signedOut)).toBeVisible();
  expect(addressOf(page)).toBe('/sign-in');
});

test('signing in anew in another tab leaves this one where it is', async ({ browser }, { project }) => {
  const eve = await house.person(`eve-${project.name}`, 'Eve Babitz');
  const hall = await eve.rest.roomBySlug('hall');
  await eve.rest.joinRoom(hall.id);
  const first = await house.visit(browser, null, '/r/hall');
  const second = await first.context().newPage();
  await second.goto(`${house.url}/r/hall`);
  for (const page of [first, second]) {
    await signInByForm(page, eve.username);
    await arrived(page, 'Hall');
  }
  // The session of the first tab has ended; what comes reaches it in the new one.
  await house.say(ada, hall, [`Good evening on ${project.name}`]);
  for (const page of [second, first])
    await expect(row(page, `Good evening on ${project.name}`)).toBeVisible({ timeout: 15_000 });
  await expect(first.getByText(t.signIn.ended)).toHaveCount(0);
  // Who signs out does so in all of them.
  await second.goto(`${house.url}/settings`);
  await second.getByRole('button', { name: t.settings.signOut, exact: true }).click();
  await expect(first.getByText(t.signIn.ended)).toBeVisible();
});
