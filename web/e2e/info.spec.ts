// The panel about a room: its address, who is in it, and who is there now.

import { expect, type Person, test, useHouse } from './support/house.ts';
import { arrived, t } from './support/screens.ts';

const house = useHouse();
let ada: Person;
let bo: Person;
let cy: Person;

test.beforeAll(async () => {
  ada = await house.owner();
  bo = await house.person('bo', 'Bo Diddley');
  cy = await house.person('cy', 'Cy Twombly');
});

test('it shows who is there now, as they come and go', async ({ browser }) => {
  await house.room(ada, 'Salon', [bo, cy], 'Tea at four');
  const page = await house.visit(browser, ada, '/r/salon');
  await arrived(page, 'Salon');
  await page.getByRole('button', { name: t.room.info }).click();
  const panel = page.getByRole('complementary', { name: t.info.label });
  await expect(panel).toContainText('Tea at four');
  await expect(panel.getByRole('heading', { name: t.info.present(1) })).toBeVisible();
  await expect(panel.getByRole('heading', { name: t.info.away(2) })).toBeVisible();
  await expect(panel.getByRole('listitem').filter({ hasText: 'Ada Lovelace' })).toContainText(t.info.owner);
  await expect(panel.getByRole('listitem').filter({ hasText: 'Bo Diddley' })).toContainText(t.info.offline);

  const other = await house.visit(browser, bo, '/r/salon');
  await arrived(other, 'Salon');
  await expect(panel.getByRole('heading', { name: t.info.present(2) })).toBeVisible();
  await expect(panel.getByRole('listitem').filter({ hasText: 'Bo Diddley' })).toContainText(t.info.online);
  await expect(page.getByText(t.room.here(2))).toBeVisible();
  await other.close();
  await expect(panel.getByRole('heading', { name: t.info.present(1) })).toBeVisible();
});

test('somebody who joins or leaves appears and goes', async ({ browser }) => {
  const room = await house.room(ada, 'Studio');
  const page = await house.visit(browser, ada, '/r/studio');
  await arrived(page, 'Studio');
  await page.getByRole('button', { name: t.room.info }).click();
  const panel = page.getByRole('complementary', { name: t.info.label });
  await expect(panel.getByRole('listitem').filter({ hasText: 'Ada Lovelace' })).toHaveCount(1);
  await expect(page.getByText(t.room.members(1)).first()).toBeVisible();
  await bo.rest.joinRoom(room.id);
  await expect(panel.getByRole('listitem').filter({ hasText: 'Bo Diddley' })).toHaveCount(1);
  await expect(page.getByText(t.room.members(2)).first()).toBeVisible();
  await bo.rest.leaveRoom(room.id);
  await expect(panel.getByRole('listitem').filter({ hasText: 'Bo Diddley' })).toHaveCount(0);
  await expect(page.getByText(t.room.members(1)).first()).toBeVisible();
});

test('its address leads there', async ({ browser }) => {
  await house.room(ada, 'Tower', [bo]);
  const page = await house.visit(browser, ada, '/r/tower', {
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  await arrived(page, 'Tower');
  await page.getByRole('button', { name: t.room.info }).click();
  await page.getByRole('button', { name: t.info.copyAddress }).click();
  const address = await page.evaluate(() => navigator.clipboard.readText());
  expect(address).toBe(`${house.url}/r/tower`);
  const other = await house.visit(browser, bo, address.slice(house.url.length));
  await arrived(other, 'Tower');
});

test('the panel stays open from room to room, and closes with Esc', async ({ browser }) => {
  await house.room(ada, 'East', [bo]);
  await house.room(ada, 'West', [bo]);
  const page = await house.visit(browser, bo, '/r/east');
  await arrived(page, 'East');
  await page.getByRole('button', { name: t.room.info }).click();
  const panel = page.getByRole('complementary', { name: t.info.label });
  await expect(panel).toBeVisible();
  await page.getByRole('link', { name: /^West/ }).click();
  await arrived(page, 'West');
  await expect(panel.getByRole('textbox', { name: t.info.address })).toHaveValue(`${house.url}/r/west`);
  await page.keyboard.press('Escape');
  await expect(panel).toHaveCount(0);
});
