// Rooms: making, renaming, joining, leaving, and inviting into them.

import { expect, expectTrouble, type Person, REFUSED, test, useHouse } from './support/house.ts';
import { arrived, composer, heading, roomLink, row, rowBy, say, t } from './support/screens.ts';

const house = useHouse();
let ada: Person;
let bo: Person;

test.beforeAll(async () => {
  ada = await house.owner();
  bo = await house.person('bo', 'Bo Diddley');
});

test('a public room is made, found, joined and left', async ({ browser }) => {
  const page = await house.visit(browser, ada, '/');
  await page.getByRole('navigation').getByRole('button', { name: t.rooms.create }).click();
  const dialog = page.getByRole('dialog', { name: t.createRoom.title });
  await dialog.getByLabel(t.createRoom.name, { exact: true }).fill('Garden');
  await dialog.getByLabel(new RegExp(`^${t.createRoom.topic}`)).fill('Roses and beans');
  await dialog.getByRole('button', { name: t.createRoom.action }).click();
  await arrived(page, 'Garden');
  await say(page, 'Garden', 'The beans are up.');

  const guest = await house.visit(browser, bo, '/rooms');
  await expect(guest.getByText('Roses and beans')).toBeVisible();
  await guest.getByRole('button', { name: t.browse.joinRoom('Garden') }).click();
  await arrived(guest, 'Garden');
  await expect(row(guest, 'The beans are up.')).toBeVisible();
  await say(guest, 'Garden', 'Lovely!');
  await expect(rowBy(page, 'Bo Diddley', 'Lovely!')).toBeVisible();

  await guest.getByRole('button', { name: t.room.info }).click();
  // What the panel asks for must be answered before one leaves, or it is refused.
  await expect(guest.getByRole('complementary', { name: t.info.label })).toContainText(t.invites.none);
  await guest.getByRole('button', { name: t.room.leave }).click();
  const leaving = guest.getByRole('dialog', { name: t.room.leaveTitle('Garden') });
  await leaving.getByRole('button', { name: t.room.leave }).click();
  await expect(roomLink(guest, 'Garden')).toHaveCount(0);
  const { members } = await ada.rest.members((await ada.rest.roomBySlug('garden')).id);
  expect(members.filter((member) => member.active).map((member) => member.user.username)).toEqual(['ada']);
});

test('a public room can be read from the doorway, and joined there', async ({ browser }) => {
  const room = await house.room(ada, 'Bazaar');
  await house.say(ada, room, ['Fresh figs!']);
  const page = await house.visit(browser, bo, '/r/bazaar');
  await expect(row(page, 'Fresh figs!')).toBeVisible();
  await expect(composer(page, 'Bazaar')).toHaveCount(0);
  await page.getByRole('button', { name: t.room.join }).click();
  await arrived(page, 'Bazaar');
  await say(page, 'Bazaar', 'Two please.');
  await expect(row(page, 'Two please.')).toBeVisible();
});

test('a private room is not there for others', async ({ browser }) => {
  const page = await house.visit(browser, ada, '/');
  await page.getByRole('navigation').getByRole('button', { name: t.rooms.create }).click();
  const dialog = page.getByRole('dialog', { name: t.createRoom.title });
  await dialog.getByLabel(t.createRoom.name, { exact: true }).fill('Vault');
  await dialog.getByRole('radio', { name: t.createRoom.private }).check();
  await dialog.getByRole('button', { name: t.createRoom.action }).click();
  await arrived(page, 'Vault');
  await expect(roomLink(page, 'Vault')).toContainText(t.rooms.private);

  const other = await house.visit(browser, bo, new URL(page.url()).pathname);
  expectTrouble(other, REFUSED);
  await expect(heading(other, t.notFound.roomTitle)).toBeVisible();
  await other.goto(`${house.url}/rooms`);
  await expect(heading(other, t.browse.title)).toBeVisible();
  await expect(other.getByRole('main')).not.toContainText('Vault');
});

test('a new name and topic are seen at once by everybody in the room', async ({ browser }) => {
  await house.room(ada, 'Cabin', [bo]);
  const page = await house.visit(browser, ada, '/r/cabin');
  const other = await house.visit(browser, bo, '/r/cabin');
  await arrived(other, 'Cabin');
  await arrived(page, 'Cabin');
  await page.getByRole('button', { name: t.room.info }).click();
  await page.getByRole('button', { name: t.room.edit }).click();
  const dialog = page.getByRole('dialog', { name: t.room.editTitle });
  await dialog.getByLabel(t.createRoom.name, { exact: true }).fill('Lodge');
  await dialog.getByLabel(new RegExp(`^${t.createRoom.topic}`)).fill('By the lake');
  await dialog.getByRole('button', { name: t.app.save }).click();
  await expect(dialog).toHaveCount(0);
  for (const each of [page, other]) {
    await expect(heading(each, 'Lodge')).toBeVisible();
    await expect(each.getByText('By the lake').first()).toBeVisible();
    await expect(roomLink(each, 'Lodge')).toBeVisible();
  }
});

test('an invitation link has an end and a number of uses', async ({ browser }) => {
  const room = await ada.rest.createRoom({ name: 'Harbour', kind: 'private' });
  const page = await house.visit(browser, ada, `/r/${room.slug}`);
  await arrived(page, 'Harbour');
  await page.getByRole('button', { name: t.room.info }).click();
  await page.getByLabel(t.invites.expires, { exact: true }).selectOption({ label: t.invites.hour });
  await page.getByLabel(t.invites.uses, { exact: true }).selectOption({ label: t.invites.once });
  await page.getByRole('button', { name: t.invites.create }).click();
  const link = await page.getByRole('textbox', { name: t.invites.link }).inputValue();
  expect(link).toMatch(new RegExp(`^${house.url}/invite#`));
  const { invites } = await ada.rest.invites(room.id);
  expect(invites).toHaveLength(1);
  expect(invites[0]).toMatchObject({ max_uses: 1, uses: 0, open: true });
  const lasts = Date.parse(invites[0]?.expires_at ?? '') - Date.parse(invites[0]?.created_at ?? '');
  expect(lasts).toBe(3_600_000);

  const first = await house.visit(browser, bo, link.slice(house.url.length));
  await first.getByRole('button', { name: t.invite.accept('Harbour') }).click();
  await arrived(first, 'Harbour');
  const cy = await house.person('cy', 'Cy Twombly');
  const second = await house.visit(browser, cy, link.slice(house.url.length));
  expectTrouble(second, REFUSED);
  await expect(heading(second, t.invite.invalidTitle)).toBeVisible();
  expect((await ada.rest.invites(room.id)).invites).toMatchObject([{ uses: 1, max_uses: 1, open: false }]);
  // What opens nothing any more is not listed.
  await page.reload();
  await arrived(page, 'Harbour');
  await expect(page.getByRole('complementary', { name: t.info.label })).toContainText(t.invites.none);
});

test('a room that one is taken out of elsewhere goes away here', async ({ browser }) => {
  const room = await house.room(ada, 'Raft', [bo]);
  const page = await house.visit(browser, bo, '/r/raft');
  await arrived(page, 'Raft');
  await bo.rest.leaveRoom(room.id);
  await expect(roomLink(page, 'Raft')).toHaveCount(0);
  await expect(composer(page, 'Raft')).toHaveCount(0);
});
