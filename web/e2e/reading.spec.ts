// How reading and writing looks, in numbers: one column, its rhythm, the composer's ring, and where a link leads.

import type { Locator, Page } from '@playwright/test';
import type { Room } from '../../packages/client/src/index.ts';
import { expect, type Person, test, useHouse } from './support/house.ts';
import { arrived, composer, feed, openSettings, row, say, t } from './support/screens.ts';

const house = useHouse();
let ada: Person;
let bo: Person;
let room: Room;

test.beforeAll(async () => {
  ada = await house.owner();
  bo = await house.person('bo', 'Bo Diddley');
  room = await house.room(ada, 'Salon', [bo]);
  await house.say(bo, room, [
    `A tale. ${'It goes on and on. '.repeat(20)}`,
    'second',
    'one\n\ntwo',
    `\`\`\`\n${'code '.repeat(60)}\n\`\`\``,
  ]);
  await house.say(ada, room, ['an answer', ...Array.from({ length: 40 }, (_, index) => `No. ${index + 1}`)]);
  await house.say(bo, room, ['the end']);
});

interface Box {
  left: number;
  right: number;
  top: number;
  bottom: number;
  width: number;
}

const box = (locator: Locator): Promise<Box> =>
  locator.first().evaluate((element) => {
    const { left, right, top, bottom, width } = element.getBoundingClientRect();
    return { left, right, top, bottom, width };
  });

/** From the end of one to the beginning of the other. */
async function gap(one: Locator, other: Locator): Promise<number> {
  return Math.round((await box(other)).top - (await box(one)).bottom);
}

const background = (locator: Locator): Promise<string> =>
  locator.evaluate((element) => getComputedStyle(element).backgroundColor);

async function scrollUp(page: Page): Promise<void> {
  await feed(page, 'Salon').hover();
  await page.mouse.wheel(0, -5000);
}

test('rows, dividers, composer and the way to the latest share one column', async ({ browser }) => {
  for (const width of [1024, 1440, 1920, 2560]) {
    const page = await house.visit(browser, ada, '/r/salon', { viewport: { width, height: 900 } });
    await arrived(page, 'Salon');
    await scrollUp(page);
    const pill = page.getByRole('button', { name: t.timeline.jump });
    await expect(pill).toBeVisible();
    const rows = await box(row(page, 'second').locator('.row'));
    const field = await box(composer(page, 'Salon').locator('xpath=ancestor::*[contains(@class,"box")]'));
    const divider = await box(page.locator('article time').first().locator('xpath=ancestor::p'));
    expect(rows.width, `${width}: the column`).toBeLessThanOrEqual(960);
    const middle = ({ left, right }: Box) => (left + right) / 2;
    for (const [name, part] of Object.entries({ field, divider, pill: await box(pill) })) {
      expect(Math.abs(middle(part) - middle(rows)), `${width}: ${name}`).toBeLessThanOrEqual(1);
    }
    // What one writes begins where pictures do, and ends where words may.
    const picture = await box(row(page, 'A tale').locator('[data-hue]'));
    expect(Math.abs(field.left - picture.left)).toBeLessThanOrEqual(1);
    const words = await box(row(page, 'A tale').locator('.what'));
    expect(Math.abs(field.right - words.right)).toBeLessThanOrEqual(1);
    const code = await box(row(page, 'code code').locator('pre'));
    expect(Math.abs(code.right - words.right)).toBeLessThanOrEqual(1);
  }
});

test('lines of words are not too long for the eye', async ({ browser }) => {
  const page = await house.visit(browser, ada, '/r/salon', { viewport: { width: 1920, height: 900 } });
  await scrollUp(page);
  const text = row(page, 'A tale').locator('.body');
  const characters = await text.evaluate((element) => {
    const probe = document.createElement('span');
    probe.textContent = '0'.repeat(72);
    probe.style.whiteSpace = 'pre';
    element.append(probe);
    const limit = probe.getBoundingClientRect().width;
    probe.remove();
    const words = document.createRange();
    words.selectNodeContents(element);
    return Math.max(...[...words.getClientRects()].map(({ width }) => width)) / limit;
  });
  expect(characters).toBeLessThanOrEqual(1.01);
  expect(characters).toBeGreaterThan(0.8);
});

test('the distances tell paragraphs, messages and people apart', async ({ browser }) => {
  const page = await house.visit(browser, ada, '/r/salon');
  await scrollUp(page);
  const paragraphs = row(page, 'one').locator('p');
  expect(await gap(paragraphs.nth(0), paragraphs.nth(1))).toBe(4);
  expect(await gap(row(page, 'A tale').locator('.body'), row(page, 'second').locator('.body'))).toBe(2);
  const [last, first] = [row(page, 'code code').locator('.what'), row(page, 'an answer').locator('.head')];
  expect(await gap(last, first)).toBe(16);
});

test('a denser and a larger look are a choice that lasts', async ({ browser }) => {
  const page = await house.visit(browser, ada, '/r/salon');
  await arrived(page, 'Salon');
  const body = row(page, 'the end').locator('.body');
  await expect(body).toHaveCSS('font-size', '15px');
  await expect(body).toHaveCSS('line-height', '22px');
  for (const [name, size, line, pictures] of [
    [t.settings.densityCompact, '14px', '19px', 0],
    [t.settings.densityLarge, '17px', '26px', 1],
    [t.settings.densityNormal, '15px', '22px', 1],
  ] as const) {
    await openSettings(page);
    await page.getByRole('radio', { name }).check();
    await page.goto(`${house.url}/r/salon`);
    await expect(body).toHaveCSS('font-size', size);
    await expect(body).toHaveCSS('line-height', line);
    await expect(composer(page, 'Salon')).toHaveCSS('font-size', size);
    await expect(row(page, 'the end').locator('.gutter [data-hue]')).toHaveCount(pictures);
    await expect(row(page, 'the end').locator('time')).toBeVisible();
  }
});

test('the composer shows a ring to those who come by keyboard', async ({ browser }) => {
  const page = await house.visit(browser, ada, '/r/salon');
  await arrived(page, 'Salon');
  const field = composer(page, 'Salon');
  const frame = field.locator('xpath=ancestor::*[contains(@class,"box")]');
  await expect(field).toBeFocused();
  await expect(frame).toHaveCSS('box-shadow', 'none');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Shift+Tab');
  await expect(field).toBeFocused();
  await expect(frame).not.toHaveCSS('box-shadow', 'none');
  await field.click();
  await expect(frame).toHaveCSS('box-shadow', 'none');
  await row(page, 'the end').click();
  await field.click();
  await expect(field).toBeFocused();
  await expect(frame).toHaveCSS('box-shadow', 'none');
});

test('what one answers stands inside of the composer, in one line', async ({ browser }) => {
  const page = await house.visit(browser, ada, '/r/salon');
  await scrollUp(page);
  await row(page, 'A tale').hover();
  await row(page, 'A tale').getByRole('button', { name: t.message.reply }).click();
  const frame = composer(page, 'Salon').locator('xpath=ancestor::*[contains(@class,"box")]');
  await expect(frame).toContainText(t.composer.replyingTo('Bo Diddley'));
  await expect(frame).toContainText('A tale. It goes on');
  const line = await box(frame.getByText('A tale. It goes on'));
  expect(line.bottom - line.top).toBeLessThan(30);
  expect(line.right).toBeLessThanOrEqual((await box(frame)).right);
});

test('how to send is told until one has sent', async ({ browser }) => {
  const page = await house.visit(browser, bo, '/r/salon');
  await arrived(page, 'Salon');
  await expect(page.getByText(t.composer.hint)).toBeVisible();
  await say(page, 'Salon', 'I know how');
  await expect(page.getByText(t.composer.hint)).toHaveCount(0);
  await page.reload();
  await arrived(page, 'Salon');
  await expect(page.getByText(t.composer.hint)).toHaveCount(0);
});

test('where a link leads is washed in brass, and framed only for those who use keys', async ({ browser }) => {
  const { messages } = await ada.rest.history(room.id, { limit: 100 });
  const seq = messages.find(({ body }) => body === 'No. 7')?.seq ?? 0;
  for (const reducedMotion of ['no-preference', 'reduce'] as const) {
    const page = await house.visit(browser, ada, `/r/salon?at=${seq}`, { reducedMotion });
    const target = row(page, 'No. 7').locator('.row');
    await expect(row(page, 'No. 7')).toBeFocused();
    const wash = await page.evaluate(() => {
      const probe = document.createElement('i');
      probe.className = 'probe';
      document.body.append(probe);
      const sheet = new CSSStyleSheet();
      sheet.replaceSync('.probe { background: var(--brass-wash) }');
      document.adoptedStyleSheets = [sheet];
      return getComputedStyle(probe).backgroundColor;
    });
    expect(await background(target)).toBe(wash);
    await expect(target).toHaveCSS('outline-style', 'none');
    // It goes by itself.
    await expect.poll(() => background(target)).not.toBe(wash);
    await expect(target).toHaveCSS('outline-style', 'none');
    await page.keyboard.press('ArrowDown');
    await expect(row(page, 'No. 8')).toBeFocused();
    await expect(row(page, 'No. 8').locator('.row')).toHaveCSS('outline-style', 'solid');
  }
});
