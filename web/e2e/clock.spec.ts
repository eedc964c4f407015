// Times on a device whose own clock is wrong: what ends, ends by the server's.

import { expect, type Person, test, useHouse } from './support/house.ts';
import { arrived, composer, row, say, t } from './support/screens.ts';

const house = useHouse();
let ada: Person;
let bo: Person;

test.beforeAll(async () => {
  ada = await house.owner();
  bo = await house.person('bo', 'Bo Diddley');
});

const MINUTE = 60_000;

for (const [name, ahead] of [
  ['behind', -5 * MINUTE],
  ['ahead', 5 * MINUTE],
  ['years behind', -3 * 365 * 24 * 60 * MINUTE],
] as const) {
  test(`a mute ends in time on a device whose clock is ${name}`, async ({ browser }) => {
    const room = await house.room(ada, `Study ${name}`, [bo]);
    const page = await house.visit(browser, bo, '/api/v1/server');
    await page.clock.install({ time: Date.now() + ahead });
    await page.clock.resume();
    await page.goto(`${house.url}/r/${room.slug}`);
    await arrived(page, room.name);
    await ada.rest.muteMember(room.id, bo.id, { duration: 6 });
    const bar = page.getByRole('region', { name: t.moderation.muted });
    await expect(bar).toBeVisible();
    await page.reload();
    await expect(bar).toBeVisible();
    await expect(composer(page, room.name)).toBeVisible({ timeout: 8000 });
    await say(page, room.name, 'Back again');
    await expect(row(page, 'Back again')).not.toHaveAttribute('data-state');
    // It is over: neither it nor its end is told of any more.
    await page.reload();
    await arrived(page, room.name);
    await expect(bar).toHaveCount(0);
  });
}

test('an invitation tells its end by the server’s clock, rounded as people do', async ({ browser }) => {
  const room = await house.room(ada, 'Garden');
  const page = await house.visit(browser, ada, '/api/v1/server');
  await page.clock.install({ time: Date.now() - 3 * 24 * 60 * MINUTE });
  await page.clock.resume();
  await page.goto(`${house.url}/r/${room.slug}`);
  await arrived(page, 'Garden');
  await page.getByRole('button', { name: t.room.info }).click();
  const panel = page.getByRole('complementary', { name: t.info.label });
  await panel.getByRole('button', { name: t.invites.create }).click();
  await expect(panel.getByText(t.invites.expiresIn('in 7 days'))).toBeVisible();
});
