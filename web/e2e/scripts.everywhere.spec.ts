// Other scripts: each text has a direction of its own, and marks that are stacked on a letter stay within its line.

import type { Page } from '@playwright/test';
import type { Room } from '../../packages/client/src/index.ts';
import { expect, type Person, test, useHouse } from './support/house.ts';
import { misdirected, orders, strayMarks } from './support/scripts.ts';
import { composer, row, t } from './support/screens.ts';

const house = useHouse();
const MARKS = `Z${'\u0301\u0316'.repeat(24)}`;
/** The same in Hebrew, Arabic, Thai, Devanagari and Tibetan. */
const OTHER_MARKS = ['ש\u05b8\u0591', 'ب\u064e\u0650', 'ก\u0e49\u0e35', 'क\u0951\u0952', 'ཀ\u0f72\u0f71'].map(
  ([letter = '', ...marks]) => letter + marks.join('').repeat(24),
);
let ada: Person;
let hebrew: Room;
let marked: Room;

test.beforeAll(async () => {
  ada = await house.owner('ada', 'דנה (א)');
  const bo = await house.person('bo', 'בני (ב)');
  const cy = await house.person('cy', `Cy ${MARKS}`);
  hebrew = await house.room(ada, 'מטבח (א)', [bo], 'מה מבשלים?');
  await house.say(bo, hebrew, [
    'שלום!',
    'first line\nשלום!',
    '**שלום** עולם!\n\n- אחד (1)\n- שתיים (2)\n\n> ציטוט (א)\n\n## כותרת (א)',
    '| שם (א) | b |\n|---|---|\n| דנה (א) | c |',
    '/me מחייך!',
  ]);
  const { messages } = await ada.rest.history(hebrew.id);
  const [first, second] = messages.filter((message) => message.body.includes('שלום'));
  await ada.rest.sendMessage(hebrew.id, { body: 'תשובה!', reply_to: first?.id ?? '' });
  await bo.rest.editMessage(hebrew.id, second?.id ?? '', { body: 'נערך!' });
  marked = await house.room(ada, `Zalgo ${MARKS}`, [cy, bo], `Topic ${MARKS}`);
  await house.say(cy, marked, [
    'above',
    MARKS,
    `one ${MARKS}\ntwo ${MARKS}`,
    `**bold** ${MARKS}\n\n- ${MARKS}\n\n\`${MARKS}\``,
    ...OTHER_MARKS,
    'below',
  ]);
  const said = (await ada.rest.history(marked.id)).messages.find((message) => message.body === MARKS);
  const { seq } = await ada.rest.sendMessage(marked.id, { body: 'answer', reply_to: said?.id ?? '' });
  // A number that goes away after a moment would be a difference between two pictures.
  await ada.rest.markRead(marked.id, seq);
});

async function openPanel(page: Page): Promise<void> {
  await page.getByRole('button', { name: t.room.info }).click();
  await expect(page.getByRole('complementary', { name: t.info.label })).toBeVisible();
}

/** Where the panel has an entry in the history, closing it goes back: to leave before that has arrived ends in the room. */
async function closePanel(page: Page): Promise<void> {
  await page.keyboard.press('Escape');
  await expect(page.getByRole('complementary', { name: t.info.label })).toBeHidden();
  await page.waitForFunction(() => !(history.state as { layer?: number } | null)?.layer);
}

test('what is written from right to left is, wherever it shows', async ({ browser }) => {
  const page = await house.visit(browser, ada, `/r/${hebrew.slug}`);
  await expect(row(page, 'תשובה!').first()).toBeVisible();
  expect(await misdirected(page)).toEqual([]);
  const shown = await orders(page, 'שלום!');
  expect(shown.length).toBeGreaterThan(1);
  expect(shown.filter((one) => one.startsWith('wrong'))).toEqual([]);
  for (const name of ['בני (ב)', 'נערך!', 'מחייך!', 'אחד (1)', 'ציטוט (א)', 'כותרת (א)', 'דנה (א)']) {
    const found = await orders(page, name);
    expect(found.length, name).toBeGreaterThan(0);
    expect(
      found.filter((one) => one.startsWith('wrong')),
      name,
    ).toEqual([]);
  }
  await openPanel(page);
  expect(await misdirected(page)).toEqual([]);
  await closePanel(page);
  await page.goto(`${house.url}/rooms`);
  await expect(page.getByRole('heading', { name: 'מטבח' })).toBeVisible();
  expect(await misdirected(page)).toEqual([]);
  await page.goto(`${house.url}/settings`);
  await expect(page.getByLabel(t.account.displayName, { exact: true })).toBeVisible();
  expect(await misdirected(page)).toEqual([]);
  await page.goto(`${house.url}/`);
  await page.getByRole('button', { name: t.rooms.switcher }).first().click();
  await expect(page.getByRole('combobox', { name: t.switcher.label })).toBeVisible();
  expect(await misdirected(page)).toEqual([]);
});

test('a name in a list stands beside its sign, whatever its direction', async ({ browser }) => {
  const page = await house.visit(browser, ada, '/');
  const link = page.getByRole('link', { name: hebrew.name }).first();
  await expect(link).toBeVisible();
  const distance = await link.locator('.name').evaluate((name) => {
    const range = document.createRange();
    range.selectNodeContents(name);
    return range.getBoundingClientRect().left - name.getBoundingClientRect().left;
  });
  expect(distance).toBeLessThan(2);
});

test('a heading begins on the side where the words below it do', async ({ browser }) => {
  const page = await house.visit(browser, ada, `/r/${hebrew.slug}`);
  const title = row(page, 'כותרת (א)').getByRole('heading', { name: 'כותרת (א)' });
  await expect(title).toBeVisible();
  const gap = await title.evaluate((element) => {
    const range = document.createRange();
    range.selectNodeContents(element);
    return element.getBoundingClientRect().right - range.getBoundingClientRect().right;
  });
  expect(gap).toBeLessThan(2);
});

test('who does something stands where the sentence begins', async ({ browser }) => {
  const page = await house.visit(browser, ada, `/r/${hebrew.slug}`);
  const action = row(page, 'מחייך!');
  const left = async (what: string): Promise<number> =>
    action.locator(`.words ${what}`).evaluate((element) => element.getBoundingClientRect().left);
  await expect(action).toBeVisible();
  expect(await left('.author')).toBeGreaterThan(await left('.body'));
});

test('each line of what one writes has its own direction', async ({ browser }) => {
  const page = await house.visit(browser, ada, `/r/${hebrew.slug}`);
  const field = composer(page, hebrew.name);
  await field.fill('שלום!\nand hello!');
  await expect(field).toHaveCSS('direction', 'rtl');
  await expect(field).toHaveCSS('unicode-bidi', 'plaintext');
});

test('stacked marks are not drawn over what is beside them', async ({ browser }) => {
  const page = await house.visit(browser, ada, `/r/${marked.slug}`);
  await expect(row(page, 'below')).toBeVisible();
  await page.evaluate(() => document.fonts.ready);
  expect(await strayMarks(browser, page), 'room').toEqual([]);
  await page.reload();
  await expect(row(page, 'below')).toBeVisible();
  await openPanel(page);
  await expect(page.getByRole('complementary').getByText('Cy').first()).toBeVisible();
  expect(await strayMarks(browser, page), 'panel').toEqual([]);
  await closePanel(page);
  await page.goto(`${house.url}/rooms`);
  await expect(page.getByRole('heading', { name: 'Zalgo' })).toBeVisible();
  expect(await strayMarks(browser, page), 'browse').toEqual([]);
  await page.goto(`${house.url}/`);
  await page.getByRole('button', { name: t.rooms.switcher }).first().click();
  await expect(page.getByRole('combobox', { name: t.switcher.label })).toBeVisible();
  expect(await strayMarks(browser, page), 'switcher').toEqual([]);
});
