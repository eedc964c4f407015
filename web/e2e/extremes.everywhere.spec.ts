// The longest names, unbroken words, right-to-left text and stacked marks in every field that somebody can type into:
// whatever it is, it stays inside of its panel, its dialog and the window, in every width.

import type { Browser, Page } from '@playwright/test';
import type { Room } from '../../packages/client/src/index.ts';
import { expectContained, WIDTHS } from './support/contained.ts';
import { expect, expectTrouble, type Person, REFUSED, test, UNREACHABLE, useHouse } from './support/house.ts';
import { composer, heading, row, t } from './support/screens.ts';

test.describe.configure({ timeout: 240_000 });

/** As much of a text as a field of that length takes. */
const upTo = (length: number, text: string): string => [...text].slice(0, length).join('').trim();

const WORDS = 'Bartholomew Featherstonehaugh Cholmondeley Marjoribanks Beau';
const UNBROKEN = 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunter';
const ARABIC = upTo(61, 'محادثاتالصباحوالمساءفيالبيتالكبيرعندالنهر قرب الجسر القديم والحديقة');
const MARKS = `Z${'\u0301'.repeat(60)}`;
const KINDS = { words: WORDS, unbroken: UNBROKEN, arabic: ARABIC, marks: MARKS } as const;
type Kind = keyof typeof KINDS;
const kinds = Object.keys(KINDS) as Kind[];

/** As long as a topic or a reason may be. */
const filled = (text: string): string => upTo(250, text.repeat(10));
const LONG_WORD = 'Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz'.repeat(5);
const ADDRESS = `https://example.org/${'a-very-long-path/'.repeat(20)}?${'q'.repeat(200)}`;
const COLUMNS = Array.from({ length: 14 }, (_, index) => `column ${index}`);
const BODIES = [
  LONG_WORD,
  ADDRESS,
  `> ${LONG_WORD}`,
  `- ${LONG_WORD}\n- [${LONG_WORD}](https://example.org/)`,
  `\`\`\`\n${'let answer = 42; '.repeat(40)}\n\`\`\``,
  `\`${LONG_WORD}\``,
  `| ${COLUMNS.join(' | ')} |\n|${'---|'.repeat(COLUMNS.length)}\n| ${COLUMNS.map(() => UNBROKEN).join(' | ')} |`,
  `# ${LONG_WORD}`,
  `${ARABIC.repeat(6)}!`,
  `${MARKS} ${MARKS} ${MARKS}`,
  `/me ${LONG_WORD}`,
  '👩‍👩‍👧‍👦'.repeat(80),
];
const DEVICE = `${'Unbekanntesgerät'.repeat(12)}/1.0`;

const house = useHouse({ environment: { PARLOR_SERVER_NAME: UNBROKEN } });
const rooms = new Map<Kind, Room>();
const people = new Map<Kind, Person>();
let owner: Person;
const room = (kind: Kind): Room => rooms.get(kind) as Room;
const person = (kind: Kind): Person => people.get(kind) as Person;

test.beforeAll(async () => {
  owner = await house.owner('a'.repeat(32), `${UNBROKEN}Ada`);
  for (const kind of kinds) people.set(kind, await house.person(`${kind}-${'w'.repeat(20)}`, KINDS[kind]));
  for (const kind of kinds) {
    const made = await house.room(owner, `${KINDS[kind]} r`, [...people.values()], filled(KINDS[kind]));
    rooms.set(kind, made);
    for (const other of kinds)
      await house.say(person(other), made, BODIES.slice(0, kind === 'words' ? 12 : 1));
    const guest = await house.rest().guest({ display_name: KINDS[kind] });
    await house.rest(guest.token ?? null).joinRoom(made.id);
    const { messages } = await owner.rest.history(made.id);
    await owner.rest.sendMessage(made.id, { body: LONG_WORD, reply_to: messages.at(-1)?.id ?? '' });
  }
  const quiet = await owner.rest.createRoom({
    name: upTo(64, `quiet ${UNBROKEN}`),
    kind: 'private',
    topic: filled(UNBROKEN),
  });
  await owner.rest.createInvite(quiet.id, { expires_in: 3600, max_uses: 25 });
  // As many rooms as make the list of open rooms offer its filter.
  for (let index = 0; index < 6; index += 1) await house.room(person('words'), `${index} ${WORDS}`);
});

/** On a phone there is one width; its targets are larger, though. */
const expectInside = (page: Page, name: string): Promise<void> =>
  expectContained(page, name, test.info().project.name === 'phone' ? [390] : WIDTHS);

async function open(browser: Browser, who: Person | null, path: string): Promise<Page> {
  return house.visit(browser, who, path, { userAgent: DEVICE });
}

async function openRoom(browser: Browser, who: Person, kind: Kind): Promise<Page> {
  const page = await open(browser, who, `/r/${encodeURIComponent(room(kind).slug)}`);
  await expect(heading(page, room(kind).name)).toBeVisible();
  await expect(page.getByRole('article').last()).toBeVisible();
  return page;
}

test('pages of those who are not signed in', async ({ browser }) => {
  const visitor = await house.person(`visitor-${test.info().project.name}`, `${UNBROKEN}V`);
  for (const kind of kinds) {
    const { path } = await person(kind).rest.createInvite(room(kind).id, {});
    const page = await open(browser, null, path);
    await expect(heading(page, room(kind).name)).toBeVisible();
    await expectInside(page, `the invitation (${kind})`);
    const inside = await open(browser, visitor, path);
    await expect(inside.getByText(t.invite.signedInAs(visitor.name))).toBeVisible();
    await expectInside(inside, `the invitation of somebody signed in (${kind})`);
  }
  const page = await open(browser, null, '/sign-in');
  expectTrouble(page, REFUSED);
  await page.getByLabel(t.account.username, { exact: true }).fill(LONG_WORD);
  await page.getByLabel(t.account.password, { exact: true }).fill(LONG_WORD);
  await page.getByRole('button', { name: t.signIn.action, exact: true }).click();
  await expect(page.getByRole('alert')).not.toBeEmpty();
  await expectInside(page, 'signing in');
});

test('lists, and what is searched in them', async ({ browser }) => {
  const page = await open(browser, owner, '/');
  await expect(page.getByRole('link', { name: new RegExp(WORDS.slice(0, 20)) }).first()).toBeVisible();
  await expectInside(page, 'the list of rooms');
  await page.goto(`${house.url}/rooms`);
  await expect(page.getByRole('heading', { name: room('marks').name })).toBeVisible();
  await expectInside(page, 'browsing');
  const filter = page.getByLabel(t.browse.filter);
  await filter.fill(LONG_WORD);
  await expectInside(page, 'browsing, with a filter');
  await page.goto(`${house.url}/`);
  await page.getByRole('button', { name: t.rooms.switcher }).click();
  await expect(page.getByRole('option').first()).toBeVisible();
  await expectInside(page, 'the switcher');
  await page.getByRole('combobox').fill(LONG_WORD);
  await expectInside(page, 'the switcher, searching');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: t.rooms.create }).click();
  await page.getByLabel(t.createRoom.name, { exact: true }).fill(UNBROKEN);
  await page.getByLabel(t.createRoom.topic).fill(filled(UNBROKEN));
  await expectInside(page, 'making a room');
});

for (const kind of kinds) {
  test(`a room of ${kind}, and who is in it`, async ({ browser }) => {
    const page = await openRoom(browser, owner, kind);
    await expectInside(page, 'the room');
    await page.keyboard.press('Control+.');
    const panel = page.getByRole('complementary', { name: t.info.label });
    await expect(panel.getByRole('listitem').filter({ hasText: KINDS.words }).first()).toBeVisible();
    await panel.getByRole('button', { name: t.invites.create }).click();
    await expect(panel.getByRole('textbox', { name: t.invites.link })).toBeVisible();
    await expectInside(page, 'the panel');
  });
}

test('what is done in a room', async ({ browser }) => {
  const page = await openRoom(browser, person('unbroken'), 'words');
  const mine = row(page, LONG_WORD).last();
  await composer(page, room('words').name).fill(LONG_WORD);
  await expectInside(page, 'a draft');
  await mine.focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('menu')).toBeVisible();
  await expectInside(page, 'the menu of a message');
  await page.keyboard.press('Escape');
  await page.keyboard.press('r');
  await expect(page.getByText(t.composer.replyingTo(owner.name))).toBeVisible();
  await expectInside(page, 'a reply');
  const own = page.getByRole('article', { name: new RegExp(`^${UNBROKEN}, `) }).last();
  await own.focus();
  await page.keyboard.press('e');
  await page.getByRole('textbox', { name: t.message.editLabel }).fill(LONG_WORD);
  await expectInside(page, 'an edit');
  await page.keyboard.press('Escape');
  await own.focus();
  await page.keyboard.press('Delete');
  await expect(page.getByRole('dialog', { name: t.message.removeTitle })).toBeVisible();
  await expectInside(page, 'removing a message');
});

test('a message that waits, and one that fails', async ({ browser }) => {
  const page = await openRoom(browser, person('words'), 'unbroken');
  await composer(page, room('unbroken').name).fill(`/usr ${LONG_WORD}`);
  await page.getByRole('button', { name: t.composer.send }).click();
  await expect(row(page, LONG_WORD).last().getByRole('alert')).toBeVisible();
  await expectInside(page, 'a failed message');
  expectTrouble(page, UNREACHABLE);
  await page.routeWebSocket(/\/api\/v1\/ws$/, (socket) => socket.close({ code: 4402, reason: 'cut' }));
  await page.route('**/api/v1/**', (route) => route.abort('connectionrefused'));
  await page.goto(`${house.url}/r/${encodeURIComponent(room('unbroken').slug)}`);
  await expect(page.getByRole('heading', { name: t.unreachable.title })).toBeVisible();
  await expectInside(page, 'no answer');
});

test('keeping order', async ({ browser }) => {
  const phase = test.info().project.name;
  const crowd = await Promise.all(
    kinds.map((kind) => house.person(`x-${kind}-${phase}`, `${KINDS[kind]} ${phase.slice(0, 1)}`)),
  );
  const attic = await house.room(owner, upTo(64, `${phase} ${UNBROKEN}`), crowd);
  for (const who of crowd.slice(0, 3))
    await owner.rest.muteMember(attic.id, who.id, { reason: filled(who.name) });
  const page = await open(browser, owner, `/r/${encodeURIComponent(attic.slug)}`);
  await expect(heading(page, attic.name)).toBeVisible();
  await page.keyboard.press('Control+.');
  const panel = page.getByRole('complementary', { name: t.info.label });
  const more = panel.getByRole('button', { name: t.moderation.actionsFor(crowd[1]?.name ?? '') });
  await more.click();
  await expect(page.getByRole('menu')).toBeVisible();
  await expectInside(page, 'the menu of a member');
  await page.getByRole('menuitem', { name: t.moderation.kick }).click();
  await expect(page.getByRole('dialog')).toBeVisible();
  await expectInside(page, 'taking somebody out');
  await page.keyboard.press('Escape');
  const last = crowd[3] as Person;
  // Its name is spoken without the marks that would be drawn over other lines.
  await panel.locator(`[data-moderates="${last.id}"]`).click();
  await page.getByRole('menuitem', { name: t.moderation.mute }).click();
  await page.getByRole('dialog').getByLabel(t.moderation.reason).fill(filled(UNBROKEN));
  await expectInside(page, 'muting somebody');
  const muted = await open(browser, crowd[1] as Person, `/r/${encodeURIComponent(attic.slug)}`);
  await expect(muted.getByRole('region', { name: t.moderation.muted })).toBeVisible();
  await expectInside(muted, 'being muted');
});

test('a room from outside, and settings', async ({ browser }) => {
  const stranger = await house.person(`out-${test.info().project.name}`, `${WORDS} out`);
  const page = await openRoom(browser, stranger, 'unbroken');
  await expect(page.getByRole('button', { name: t.room.join })).toBeVisible();
  await expectInside(page, 'the preview of a room');
  await page.goto(`${house.url}/settings`);
  await expect(page.getByRole('listitem').filter({ hasText: t.settings.thisDevice })).toBeVisible();
  await page.getByLabel(t.account.displayName, { exact: true }).fill(UNBROKEN);
  await expectInside(page, 'settings');
});

test('a letter whose marks stand beside it is cut where its place ends', async ({ browser }) => {
  // No font has these, so that each takes the place of a letter; and nothing breaks a letter from its marks.
  const wide = `\u{11305}${'\u{1133b}'.repeat(60)}`;
  const phase = test.info().project.name;
  const speaker = await house.person(`wide-${phase}`, wide);
  const lodge = await house.room(owner, `lodge ${phase} ${wide.slice(0, 90)}`, [speaker], wide.repeat(4));
  await house.say(speaker, lodge, [wide, `- ${wide}\n- **${wide}**`, `> ${wide}`, `/me ${wide}`]);
  const { messages } = await owner.rest.history(lodge.id);
  await owner.rest.sendMessage(lodge.id, { body: 'answer', reply_to: messages.at(-1)?.id ?? '' });
  const page = await open(browser, owner, `/r/${encodeURIComponent(lodge.slug)}`);
  await expect(row(page, 'answer')).toBeVisible();
  await page.keyboard.press('Control+.');
  await expect(page.getByRole('complementary', { name: t.info.label })).toBeVisible();
  const { path } = await speaker.rest.createInvite(lodge.id, {});
  const invited = await open(browser, null, path);
  await expect(invited.getByRole('heading', { level: 1 })).toBeVisible();
  for (const shown of [page, invited]) {
    for (const width of test.info().project.name === 'phone' ? [390] : [390, 1024, 1440]) {
      await shown.setViewportSize({ width, height: 800 });
      const sideways = await shown.evaluate(() =>
        [document.scrollingElement, ...document.querySelectorAll('main, aside, nav, .scroller, .page')]
          // As far as a cut text may lean out.
          .filter((place) => place && place.scrollWidth > place.clientWidth + 4)
          .map((place) => `${place?.className} holds ${place?.scrollWidth} of ${place?.clientWidth}`),
      );
      expect(sideways, `${width}`).toEqual([]);
    }
  }
});
