// The places around a conversation: the list of rooms, the switcher, a room's header, and a room that is still empty.

import { expect, type Person, test, useHouse } from './support/house.ts';
import { arrived, composer, heading, roomLink, t } from './support/screens.ts';

const NAME = 'The Reading Room';
const house = useHouse({ environment: { PARLOR_SERVER_NAME: NAME } });
let ada: Person;
let bo: Person;

test.beforeAll(async () => {
  ada = await house.owner();
  bo = await house.person('bo', 'Bo Diddley');
  for (const name of ['Attic', 'Garden', 'Kitchen']) await house.room(ada, name, [bo]);
});

const isPhone = (): boolean => test.info().project.name === 'phone';

test('the server is called by its name', async ({ browser }) => {
  const page = await house.visit(browser, null, '/sign-in');
  await expect(page.getByText(NAME, { exact: true })).toBeVisible();
  await expect(page).toHaveTitle(t.app.title(t.signIn.heading, NAME));
  const inside = await house.visit(browser, bo, '/rooms');
  await expect(inside).toHaveTitle(t.app.title(t.browse.title, NAME));
  await inside.goto(house.url);
  await expect(inside.getByRole('link', { name: NAME })).toBeVisible();
});

test('what is unread stands first, and on a phone what was said last', async ({ browser }) => {
  const page = await house.visit(browser, ada, '/r/attic');
  await arrived(page, 'Attic');
  const room = (await ada.rest.rooms({})).rooms.find(({ name }) => name === 'Kitchen');
  if (!room) throw new Error('there is no kitchen');
  if (isPhone()) await page.getByRole('link', { name: t.app.back }).click();
  await house.say(bo, room, ['The kettle is **on**']);
  const unread = page.getByRole('list', { name: t.rooms.unreadHeading });
  await expect(unread.getByRole('link')).toHaveCount(1);
  await expect(unread.getByRole('link', { name: /^Kitchen/ })).toBeVisible();
  if (isPhone()) await expect(roomLink(page, 'Kitchen')).toContainText('Bo Diddley: The kettle is on');
  else await expect(roomLink(page, 'Kitchen')).not.toContainText('kettle');
  await roomLink(page, 'Kitchen').click();
  await arrived(page, 'Kitchen');
});

test('Enter in the switcher goes back and forth between two rooms', async ({ browser }) => {
  const page = await house.visit(browser, bo, '/r/attic');
  await arrived(page, 'Attic');
  await page.goto(`${house.url}/r/garden`);
  await arrived(page, 'Garden');
  for (const room of ['Attic', 'Garden', 'Attic']) {
    await page.keyboard.press('Control+k');
    await expect(page.getByRole('option', { selected: true })).toContainText(room);
    await page.keyboard.press('Enter');
    await arrived(page, room);
  }
  await page.keyboard.press('Control+k');
  await page.keyboard.type(t.rooms.create);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog', { name: t.createRoom.title })).toBeVisible();
});

test('the header shows who is there and leads to people and invitations', async ({ browser }) => {
  const page = await house.visit(browser, ada, '/r/garden');
  await arrived(page, 'Garden');
  await expect(page.getByRole('button', { name: t.room.here(1) })).toBeVisible();
  const other = await house.visit(browser, bo, '/r/garden');
  await arrived(other, 'Garden');
  await expect(page.getByRole('button', { name: t.room.here(2) })).toBeVisible();
  await heading(page, 'Garden').getByRole('button').click();
  const panel = page.getByRole('complementary', { name: t.info.label });
  const headings = panel.getByRole('heading', { level: 3 });
  await expect(headings.first()).toHaveText(t.info.present(2));
  await expect(headings.last()).toHaveText(t.info.address);
});

test('an empty room offers what to do first', async ({ browser }) => {
  const room = await house.room(bo, `Library ${test.info().project.name}`);
  const page = await house.visit(browser, bo, `/r/${room.slug}`);
  await arrived(page, room.name);
  await page.getByRole('button', { name: t.room.setTopic }).click();
  await page
    .getByRole('dialog')
    .getByLabel(new RegExp(`^${t.createRoom.topic}`))
    .fill('Books');
  await page.getByRole('dialog').getByRole('button', { name: t.app.save }).click();
  await expect(page.getByRole('button', { name: t.room.setTopic })).toHaveCount(0);
  await page.getByRole('button', { name: t.room.sayHello }).click();
  await expect(composer(page, room.name)).toHaveValue(t.room.hello);
  await page.getByRole('button', { name: t.composer.send }).click();
  await expect(page.getByRole('article')).toHaveCount(1);
  await expect(page.getByRole('button', { name: t.room.sayHello })).toHaveCount(0);
});
