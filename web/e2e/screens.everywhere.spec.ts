// Every screen, by day and by lamplight, on desktop and phone: no fault that axe knows of, and a picture to look at.

import { join, resolve } from 'node:path';
import type { Page } from '@playwright/test';
import axe, { type RunOptions } from 'axe-core';
import { expect, expectTrouble, type Person, REFUSED, test, UNREACHABLE, useHouse } from './support/house.ts';
import { arrived, composer, heading, row, say, t } from './support/screens.ts';

// Each screen is judged twice, which takes seconds each.
test.describe.configure({ timeout: 180_000 });

const house = useHouse();
const PICTURES = resolve(import.meta.dirname, '../../artefacts/screenshots');
/** What another light may change. The rest of the rules has been asked by day, and they take seconds a screen. */
const RULES_OF_COLOUR: RunOptions = { runOnly: ['color-contrast', 'link-in-text-block'] };
const ALL_RULES: RunOptions = {
  runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa', 'best-practice'],
  rules: { 'target-size': { enabled: true } },
};
let ada: Person;
let bo: Person;
let code = '';

test.beforeAll(async () => {
  ada = await house.owner();
  bo = await house.person('bo', 'Bo Diddley');
  const cy = await house.person('cy', 'Cy Twombly');
  const room = await house.room(ada, 'Salon', [bo, cy], 'Tea, talk and the news of the day');
  await house.say(bo, room, [
    'Good morning!',
    'Has anybody seen the **blue** teapot? It was on the [shelf](https://example.org/).',
  ]);
  await house.say(ada, room, [
    '/me looks under the table',
    'Not here.\n\n```\nfn teapot() -> Status {\n    Status(418)\n}\n```',
  ]);
  await house.say(cy, room, [
    '> Has anybody seen it\n\nI have it, ~~sorry~~ of course.',
    '| cup | sugar |\n|---|---|\n| Ada | one |\n| Bo | none |',
  ]);
  const { messages } = await ada.rest.history(room.id);
  await bo.rest.sendMessage(room.id, { body: 'Thank you!', reply_to: messages[4]?.id ?? '' });
  await cy.rest.editMessage(room.id, messages[4]?.id ?? '', {
    body: 'I have it, of course. Come and get it.',
  });
  await bo.rest.deleteMessage(room.id, messages[0]?.id ?? '');
  const guest = await house.rest().guest({ display_name: 'Mary' });
  await house.rest(guest.token ?? null).joinRoom(room.id);
  await house.rest(guest.token ?? null).sendMessage(room.id, { body: 'May I join you?' });
  const study = await ada.rest.createRoom({ name: 'Study', kind: 'private', topic: 'Quiet, please' });
  await house.say(ada, study, ['A note to myself.']);
  await house.room(bo, 'Garden', [], 'Roses and beans');
  ({ code } = await ada.rest.createInvite(study.id, { expires_in: 86_400, max_uses: 5 }));
});

/** Judges what is on screen in both lights, and takes its picture. */
async function judge(page: Page, name: string): Promise<void> {
  const project = test.info().project.name;
  for (const light of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: light, reducedMotion: 'reduce' });
    await page.evaluate(() => document.fonts.ready);
    // A new light fades in, be it for a millisecond: what is judged is what stays.
    await page.evaluate(async () => {
      // Those that follow how far something is scrolled never end.
      const timed = document.getAnimations().filter(({ timeline }) => timeline === document.timeline);
      await Promise.allSettled(timed.map(({ finished }) => finished));
    });
    const found = await violations(page, light === 'light' ? ALL_RULES : RULES_OF_COLOUR);
    await page.screenshot({ path: join(PICTURES, `${name}-${project}-${light}.png`) });
    expect(found, `${name} (${light})`).toEqual([]);
  }
}

/** What axe finds wrong. It stays on a page until that is left: to bring it takes longer than to ask it. */
async function violations(page: Page, options: RunOptions): Promise<string[]> {
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axe.source);
  const found = await page.evaluate(async (asked) => {
    const { axe } = globalThis as unknown as { axe: typeof import('axe-core') };
    return (await axe.run(document, { ...asked, resultTypes: ['violations'] })).violations;
  }, options);
  return found.flatMap(({ id, help, nodes }) =>
    nodes.map((node) => `${id}: ${help}: ${node.target.join(' ')}\n  ${node.failureSummary ?? ''}`),
  );
}

test('the door', async ({ browser }) => {
  const page = await house.visit(browser, null, '/sign-in');
  await expect(heading(page, t.signIn.title)).toBeVisible();
  await judge(page, 'sign-in');
  expectTrouble(page, REFUSED);
  await page.getByLabel(t.account.username, { exact: true }).fill('ada');
  await page.getByLabel(t.account.password, { exact: true }).fill('wrong password');
  await page.getByRole('button', { name: t.signIn.action, exact: true }).click();
  await expect(page.getByRole('alert').filter({ hasText: t.errors.wrong_credentials })).toBeVisible();
  await judge(page, 'sign-in-refused');
  await page.goto(`${house.url}/register`);
  await expect(heading(page, t.register.title)).toBeVisible();
  await judge(page, 'register');
  await page.goto(`${house.url}/guest`);
  await expect(heading(page, t.guest.title)).toBeVisible();
  await judge(page, 'guest');
});

test('invitations', async ({ browser }) => {
  const page = await house.visit(browser, null, `/invite#${code}`);
  await expect(page.getByRole('radio', { name: t.invite.enterAsGuest })).toBeVisible();
  await judge(page, 'invite');
  const inside = await house.visit(browser, bo, `/invite#${code}`);
  await expect(inside.getByRole('button', { name: t.invite.accept('Study') })).toBeVisible();
  await judge(inside, 'invite-signed-in');
  const invalid = await house.visit(browser, null, '/invite#nothing');
  expectTrouble(invalid, REFUSED);
  await expect(heading(invalid, t.invite.invalidTitle)).toBeVisible();
  await judge(invalid, 'invite-invalid');
});

test('the list of rooms', async ({ browser }) => {
  const page = await house.visit(browser, ada, '/');
  await expect(page.getByRole('link', { name: /^Salon/ })).toBeVisible();
  await judge(page, 'home');
  const dee = await house.person(`dee-${test.info().project.name}`, 'Dee');
  const empty = await house.visit(browser, dee, '/');
  await expect(empty.getByText(t.rooms.none).first()).toBeVisible();
  await judge(empty, 'home-empty');
  await page.goto(`${house.url}/rooms`);
  await expect(page.getByRole('heading', { name: 'Garden' })).toBeVisible();
  await judge(page, 'browse');
  await page.goto(`${house.url}/`);
  await page.getByRole('button', { name: t.rooms.create }).click();
  await expect(page.getByRole('dialog', { name: t.createRoom.title })).toBeVisible();
  await judge(page, 'create-room');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: t.rooms.switcher }).click();
  await expect(page.getByRole('combobox', { name: t.switcher.label })).toBeVisible();
  await judge(page, 'switcher');
});

test('a room', async ({ browser }) => {
  const page = await house.visit(browser, ada, '/r/salon');
  await arrived(page, 'Salon');
  await expect(row(page, 'May I join you?')).toBeVisible();
  await judge(page, 'room');
  await page.getByRole('button', { name: t.room.info }).click();
  const panel = page.getByRole('complementary', { name: t.info.label });
  await expect(panel.getByRole('listitem').filter({ hasText: 'Mary' })).toBeVisible();
  await panel.getByRole('button', { name: t.invites.create }).click();
  await expect(panel.getByRole('textbox', { name: t.invites.link })).toBeVisible();
  await judge(page, 'room-info');
  await panel.getByRole('button', { name: t.room.leave }).click();
  await expect(page.getByRole('dialog', { name: t.room.leaveTitle('Salon') })).toBeVisible();
  await judge(page, 'leave-room');
});

test('a room in use', async ({ browser }) => {
  const page = await house.visit(browser, bo, '/r/salon');
  await arrived(page, 'Salon');
  await row(page, 'May I join you?').focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('menu', { name: t.message.actions })).toBeVisible();
  await judge(page, 'message-menu');
  await page.keyboard.press('Escape');
  await page.keyboard.press('r');
  await expect(page.getByText(t.composer.replyingTo('Mary'))).toBeVisible();
  await judge(page, 'reply');
  await row(page, 'Thank you!').focus();
  await page.keyboard.press('e');
  await expect(page.getByRole('textbox', { name: t.message.editLabel })).toBeVisible();
  await judge(page, 'edit');
  await page.keyboard.press('Escape');
  await composer(page, 'Salon').fill('/usr is full');
  await page.getByRole('button', { name: t.composer.send }).click();
  await expect(row(page, '/usr is full').getByRole('alert')).toBeVisible();
  await judge(page, 'failed-message');
});

test('keeping order', async ({ browser }) => {
  const phase = test.info().project.name;
  const dot = await house.person(`dot-${phase}`, 'Dot Hacker');
  const room = await house.room(ada, `Attic ${phase}`, [dot, bo]);
  const page = await house.visit(browser, ada, `/r/${room.slug}`);
  await arrived(page, room.name);
  await page.getByRole('button', { name: t.room.info }).click();
  const panel = page.getByRole('complementary', { name: t.info.label });
  await panel.getByRole('button', { name: t.moderation.actionsFor('Dot Hacker') }).click();
  await expect(page.getByRole('menuitem', { name: t.moderation.mute })).toBeVisible();
  await judge(page, 'member-menu');
  await page.getByRole('menuitem', { name: t.moderation.mute }).click();
  const dialog = page.getByRole('dialog', { name: t.moderation.muteTitle('Dot Hacker') });
  await dialog.getByLabel(t.moderation.reason).fill('Advertising in three rooms');
  await judge(page, 'mute');
  await dialog.getByRole('button', { name: t.moderation.muteAction, exact: true }).click();
  await expect(panel.getByTitle(/^Muted until/)).toBeVisible();
  await judge(page, 'room-info-muted');
  const muted = await house.visit(browser, dot, `/r/${room.slug}`);
  await expect(muted.getByRole('region', { name: t.moderation.muted })).toContainText('Advertising');
  await judge(muted, 'muted');
  await panel.getByRole('button', { name: t.moderation.actionsFor('Bo Diddley') }).click();
  await page.getByRole('menuitem', { name: t.moderation.kick }).click();
  await expect(page.getByRole('dialog', { name: t.moderation.kickTitle('Bo Diddley') })).toBeVisible();
  await judge(page, 'kick');
});

test('a room from the doorway, and rooms that are not there', async ({ browser }) => {
  const page = await house.visit(browser, bo, '/r/lobby');
  await expect(page.getByRole('button', { name: t.room.join })).toBeVisible();
  await judge(page, 'doorway');
  expectTrouble(page, REFUSED);
  await page.goto(`${house.url}/r/nowhere`);
  await expect(heading(page, t.notFound.roomTitle)).toBeVisible();
  await judge(page, 'no-such-room');
  await page.goto(`${house.url}/no/such/page`);
  await expect(heading(page, t.notFound.title)).toBeVisible();
  await judge(page, 'no-such-page');
});

test('settings', async ({ browser }) => {
  const page = await house.visit(browser, ada, '/settings');
  await expect(page.getByRole('listitem').filter({ hasText: t.settings.thisDevice })).toBeVisible();
  await judge(page, 'settings');
  await page.getByRole('button', { name: t.settings.keysShow }).click();
  await expect(page.getByRole('dialog', { name: t.keys.title })).toBeVisible();
  await judge(page, 'keys');
  const guest = await house.visit(browser, null, '/guest');
  await guest.getByLabel(t.account.displayName, { exact: true }).fill('Percy');
  await guest.getByRole('button', { name: t.guest.action }).click();
  await expect(guest.getByRole('link', { name: /Percy/ })).toBeVisible();
  await guest.goto(`${house.url}/settings`);
  await expect(guest.getByRole('region', { name: t.settings.upgrade })).toBeVisible();
  await judge(guest, 'settings-guest');
});

test('without a connection', async ({ browser }) => {
  const page = await house.visit(browser, ada, '/settings');
  expectTrouble(page, UNREACHABLE);
  let isCut = false;
  const sockets: { close: () => Promise<void> }[] = [];
  await page.routeWebSocket(/\/api\/v1\/ws$/, (socket) => {
    if (isCut) void socket.close({ code: 4402, reason: 'cut' });
    else socket.connectToServer();
    sockets.push({ close: () => socket.close({ code: 4402, reason: 'cut' }) });
  });
  await page.goto(`${house.url}/r/salon`);
  await arrived(page, 'Salon');
  isCut = true;
  for (const socket of sockets.splice(0)) await socket.close();
  await expect(page.getByText(t.connection.offline)).toBeVisible();
  await composer(page, 'Salon').fill('waiting');
  await page.getByRole('button', { name: t.composer.send }).click();
  await expect(row(page, 'waiting')).toContainText(t.message.queued);
  await judge(page, 'offline');
  await page.route('**/api/v1/**', (route) => route.abort('connectionrefused'));
  await page.goto(`${house.url}/r/salon`);
  await expect(page.getByRole('heading', { name: t.unreachable.title })).toBeVisible();
  await judge(page, 'unreachable');
});

test('the setup', async ({ browser }) => {
  const page = await house.visit(browser, null, '/setup#a-token');
  await expect(heading(page, t.setup.title)).toBeVisible();
  await judge(page, 'setup-done');
  await page.route('**/api/v1/server', async (route) => {
    const answer = await route.fetch();
    await route.fulfill({
      response: answer,
      json: { ...((await answer.json()) as object), setup_needed: true },
    });
  });
  await page.reload();
  await expect(page.getByRole('button', { name: t.setup.action })).toBeVisible();
  await judge(page, 'setup');
});

test('a message that is said on screen is read out once', async ({ browser }) => {
  const page = await house.visit(browser, ada, '/r/salon');
  await arrived(page, 'Salon');
  const other = await house.visit(browser, bo, '/r/salon');
  await arrived(other, 'Salon');
  const live = page.locator('[aria-live="polite"][aria-atomic="true"]');
  await expect(live).toHaveText('');
  await say(other, 'Salon', 'Listen!');
  await expect(live).toHaveText(t.timeline.announce('Bo Diddley', 'Listen!'));
});
