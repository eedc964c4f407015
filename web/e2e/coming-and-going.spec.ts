// Coming in by an invitation again, or by one that is dead, finding nothing, and leaving for good.

import { expect, expectTrouble, type Person, REFUSED, test, UNREACHABLE, useHouse } from './support/house.ts';
import { arrived, composer, heading, row, t } from './support/screens.ts';

const house = useHouse();
let ada: Person;
let bo: Person;

test.beforeAll(async () => {
  ada = await house.owner();
  bo = await house.person('bo', 'Bo Diddley');
});

test('whoever came in by an invitation finds the room behind it, also when it is used up', async ({
  browser,
}) => {
  const room = await ada.rest.createRoom({ name: 'Study', kind: 'private' });
  const { code, path } = await ada.rest.createInvite(room.id, { max_uses: 1 });
  await bo.rest.acceptInvite(code);
  const page = await house.visit(browser, bo, path);
  expectTrouble(page, REFUSED);
  await arrived(page, 'Study');
  expect(page.url()).toBe(`${house.url}/r/${room.slug}`);
  // One that is still good asks nothing either.
  await page.goto(`${house.url}${(await ada.rest.createInvite(room.id)).path}`);
  await arrived(page, 'Study');
});

test('a stranger with a dead invitation is shown the ways in', async ({ browser }) => {
  const page = await house.visit(browser, null, '/invite#of-nobody');
  expectTrouble(page, REFUSED);
  await expect(heading(page, t.invite.invalidTitle)).toBeVisible();
  await expect(page.getByRole('link', { name: t.notFound.home })).toHaveCount(0);
  await expect(page.getByRole('link', { name: t.signIn.toRegister })).toBeVisible();
  await expect(page.getByRole('link', { name: t.signIn.guestAction })).toBeVisible();
  await page.getByRole('link', { name: t.signIn.heading }).click();
  await expect(page.getByRole('button', { name: t.signIn.action, exact: true })).toBeVisible();
});

test('a guest without a room is told once, and may look around', async ({ browser }) => {
  const page = await house.visit(browser, null, '/guest');
  await page.getByLabel(t.account.displayName, { exact: true }).fill('Percy');
  await page.getByRole('button', { name: t.guest.action }).click();
  const main = page.getByRole('main');
  await expect(main.getByText(t.rooms.noneGuestBrowse)).toBeVisible();
  await expect(main.getByText(t.rooms.none)).toHaveCount(1);
  await main.getByRole('link', { name: t.rooms.browse }).click();
  await expect(heading(page, t.browse.title)).toBeVisible();
});

test('the last one in a private room is warned, and an only owner told who follows', async ({ browser }) => {
  const lonely = await ada.rest.createRoom({ name: 'Cell', kind: 'private' });
  const page = await house.visit(browser, ada, `/r/${lonely.slug}`);
  await arrived(page, 'Cell');
  const open = async (): Promise<void> => {
    await page.keyboard.press('Control+.');
    const panel = page.getByRole('complementary', { name: t.info.label });
    await panel.getByRole('button', { name: t.room.leave }).click();
  };
  await open();
  await expect(page.getByRole('dialog')).toContainText(t.room.leaveUnreachable);
  await expect(page.getByRole('button', { name: t.room.leaveForGood })).toBeVisible();

  const shared = await ada.rest.createRoom({ name: 'Attic', kind: 'private' });
  await bo.rest.acceptInvite((await ada.rest.createInvite(shared.id)).code);
  await page.goto(`${house.url}/r/${shared.slug}`);
  await arrived(page, 'Attic');
  const panel = page.getByRole('complementary', { name: t.info.label });
  if (!(await panel.isVisible())) await page.keyboard.press('Control+.');
  await panel.getByRole('button', { name: t.room.leave }).click();
  // The room may be gone from one's own before the answer comes: that is no reason to look who took one out of it.
  await page.route('**/leave', async (route) => {
    const response = await route.fetch();
    await expect(page.getByRole('link', { name: 'Attic' })).toHaveCount(0);
    await page.waitForTimeout(300);
    await route.fulfill({ response });
  });
  const dialog = page.getByRole('dialog', { name: t.room.leaveTitle('Attic') });
  await expect(dialog).toContainText(t.room.leaveHeir('Bo Diddley'));
  await dialog.getByRole('button', { name: t.room.leave }).click();
  await expect(page).not.toHaveURL(new RegExp(shared.slug));
  await expect(dialog).toHaveCount(0);
  const { members } = await bo.rest.members(shared.id);
  expect(members.find((member) => member.user.id === bo.id)?.role).toBe('owner');
});

test('nobody is said to be here while nobody says who is', async ({ browser }) => {
  await house.room(ada, 'Hall', [bo]);
  const page = await house.visit(browser, ada, '/r/hall');
  await arrived(page, 'Hall');
  const header = page.locator('main header');
  const here = /here now/;
  await expect(header.getByText(here).or(header.getByLabel(here)).first()).toBeAttached();
  expectTrouble(page, UNREACHABLE);
  await page.context().setOffline(true);
  await page.evaluate(() => dispatchEvent(new Event('offline')));
  await expect(page.getByText(t.connection.offline)).toBeVisible();
  await expect(header.getByText(here)).toHaveCount(0);
  await page.context().setOffline(false);
});

test('a mail address opens no blank tab', async ({ browser }) => {
  const room = await house.room(ada, 'Post');
  await house.say(ada, room, ['write to <mailto:ada@example.org> or see <https://elsewhere.example>']);
  const page = await house.visit(browser, ada, '/r/post');
  await arrived(page, 'Post');
  const links = row(page, 'write to').locator('a');
  await expect(links).toHaveCount(2);
  expect(await links.evaluateAll((all) => all.map((link) => (link as HTMLAnchorElement).target))).toEqual([
    '',
    '_blank',
  ]);
  await composer(page, 'Post').fill('x'.repeat(16_384 + 3));
  await expect(page.getByText(t.composer.tooLong(3))).toBeVisible();
});
