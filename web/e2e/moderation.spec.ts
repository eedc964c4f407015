// Keeping order: muting a member and taking one out of a room, as both of them see it.

import { expect, expectTrouble, type Person, REFUSED, test, useHouse } from './support/house.ts';
import { arrived, composer, feed, heading, row, say, t } from './support/screens.ts';

const house = useHouse();
let ada: Person;
let bo: Person;
let cy: Person;

test.beforeAll(async () => {
  ada = await house.owner();
  bo = await house.person('bo', 'Bo Diddley');
  cy = await house.person('cy', 'Cy Twombly');
});

test('who is muted reads on, and is told until when and why', async ({ browser }) => {
  const room = await house.room(ada, 'Salon', [bo, cy]);
  const page = await house.visit(browser, ada, '/r/salon');
  const muted = await house.visit(browser, bo, '/r/salon');
  await arrived(muted, 'Salon');
  await composer(muted, 'Salon').fill('a draft');

  await page.getByRole('button', { name: t.room.info }).click();
  const panel = page.getByRole('complementary', { name: t.info.label });
  const line = panel.getByRole('listitem').filter({ hasText: 'Bo Diddley' });
  const menu = line.getByRole('button', { name: t.moderation.actionsFor('Bo Diddley') });
  // Who comes in moves to another part of the list, and their row does not take the focus along.
  await expect(line).toContainText(t.info.online);
  await menu.click();
  await page.getByRole('menuitem', { name: t.moderation.mute }).click();
  const dialog = page.getByRole('dialog', { name: t.moderation.muteTitle('Bo Diddley') });
  await dialog.getByLabel(t.moderation.duration).selectOption(t.moderation.minutes);
  await dialog.getByLabel(t.moderation.reason).fill('Shouting at tea');
  await dialog.getByRole('button', { name: t.moderation.muteAction, exact: true }).click();
  await expect(dialog).toHaveCount(0);
  await expect(menu).toBeFocused();
  await expect(line.getByTitle(/^Muted until .*\d\d:\d\d/)).toBeVisible();

  const bar = muted.getByRole('region', { name: t.moderation.muted });
  await expect(bar).toContainText(t.moderation.ownTitle);
  await expect(bar).toContainText(/^.*Until .*\d\d:\d\d you can read/);
  await expect(bar).toContainText(t.moderation.because('Shouting at tea'));
  await expect(composer(muted, 'Salon')).toHaveCount(0);
  await house.say(cy, room, ['You can still hear me']);
  await expect(row(muted, 'You can still hear me')).toBeVisible();
  await muted.reload();
  await expect(bar).toContainText(t.moderation.because('Shouting at tea'));

  await menu.click();
  await page.getByRole('menuitem', { name: t.moderation.unmute }).click();
  await expect(bar).toHaveCount(0);
  await expect(composer(muted, 'Salon')).toHaveValue('a draft');
  await say(muted, 'Salon', 'Sorry');
  await expect(row(page, 'Sorry')).toBeVisible();
});

test('a mute ends by itself, and one goes on where one was', async ({ browser }) => {
  const room = await house.room(ada, 'Study', [bo]);
  const page = await house.visit(browser, bo, '/r/study');
  await arrived(page, 'Study');
  await expect(composer(page, 'Study')).toBeFocused();
  await ada.rest.muteMember(room.id, bo.id, { duration: 8 });
  const bar = page.getByRole('region', { name: t.moderation.muted });
  await expect(bar).toBeFocused();
  await expect(bar).toHaveCount(0);
  await expect(composer(page, 'Study')).toBeFocused();
  await say(page, 'Study', 'Back again');
  await expect(row(page, 'Back again')).not.toHaveAttribute('data-state');
});

for (const kind of ['public', 'private'] as const) {
  test(`who is taken out of a ${kind} room is told so, and sees nothing more of it`, async ({ browser }) => {
    const name = `Tower ${kind}`;
    const room = await ada.rest.createRoom({ name, kind, topic: '' });
    await bo.rest.acceptInvite((await ada.rest.createInvite(room.id)).code);
    const page = await house.visit(browser, ada, `/r/${room.slug}`);
    const kicked = await house.visit(browser, bo, `/r/${room.slug}`);
    await arrived(kicked, name);
    await page.getByRole('button', { name: t.room.info }).click();
    const panel = page.getByRole('complementary', { name: t.info.label });
    await panel.getByRole('button', { name: t.moderation.actionsFor('Bo Diddley') }).click();
    await page.getByRole('menuitem', { name: t.moderation.kick }).click();
    const dialog = page.getByRole('dialog', { name: t.moderation.kickTitle('Bo Diddley') });
    await expect(dialog).toContainText(
      kind === 'public' ? t.moderation.kickPublic : t.moderation.kickPrivate,
    );
    if (kind === 'private') expectTrouble(kicked, REFUSED);
    await dialog.getByRole('button', { name: t.moderation.kickAction, exact: true }).click();
    await expect(panel.getByRole('listitem').filter({ hasText: 'Bo Diddley' })).toHaveCount(0);
    if (kind === 'public') {
      await expect(kicked.getByRole('region', { name: t.room.join })).toContainText(t.room.lost(name));
    } else {
      await expect(heading(kicked, t.room.lost(name))).toBeVisible();
    }
    await house.say(ada, room, ['Gone']);
    await expect(feed(page, name)).toContainText('Gone');
    await expect(composer(kicked, name)).toHaveCount(0);
    await expect(row(kicked, 'Gone')).toHaveCount(0);
  });
}

test('nobody is offered what the server would refuse', async ({ browser }) => {
  await house.room(bo, 'Attic', [ada, cy]);
  const page = await house.visit(browser, bo, '/r/attic');
  await arrived(page, 'Attic');
  await page.getByRole('button', { name: t.room.info }).click();
  const panel = page.getByRole('complementary', { name: t.info.label });
  await expect(panel.getByRole('button', { name: t.moderation.actionsFor('Cy Twombly') })).toBeVisible();
  // The owner of the server is above the owner of a room; and nobody is below themselves.
  await expect(panel.getByRole('button', { name: t.moderation.actionsFor('Ada Lovelace') })).toHaveCount(0);
  await expect(panel.getByRole('button', { name: t.moderation.actionsFor('Bo Diddley') })).toHaveCount(0);
  await expect(heading(page, 'Attic')).toBeVisible();
});
