// On a phone: one pane at a time, the way back, touch, and nothing wider than the screen.

import type { Page } from '@playwright/test';
import { expect, type Person, test, useHouse } from './support/house.ts';
import { arrived, composer, heading, roomLink, row, t } from './support/screens.ts';

const house = useHouse();
let ada: Person;
let bo: Person;

test.beforeAll(async () => {
  ada = await house.owner();
  bo = await house.person('bo', 'Bo Diddley');
  const room = await house.room(
    ada,
    'Hall',
    [bo],
    'What a long topic this is, longer than any phone is wide, and then some',
  );
  await house.say(bo, room, [
    'hello',
    `A long word: ${'x'.repeat(200)}`,
    '```\nlet wide = "a line of code that is much wider than the screen of any phone could ever be";\n```',
    '| a | b | c | d | e | f | g |\n|---|---|---|---|---|---|---|\n| many words | many words | many words | many words | many | many | many |',
  ]);
});

/** Nothing makes the page itself wider than the screen. */
async function fits(page: Page): Promise<void> {
  const [content, screen] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  expect(content).toBeLessThanOrEqual(screen ?? 0);
}

test('the list and the room take turns', async ({ browser }) => {
  const page = await house.visit(browser, ada, '/');
  await expect(roomLink(page, 'Hall')).toBeVisible();
  await fits(page);
  await roomLink(page, 'Hall').tap();
  await arrived(page, 'Hall');
  await expect(page.getByRole('navigation', { name: t.rooms.navigation })).toBeHidden();
  await fits(page);
  await page.getByRole('link', { name: t.app.back }).tap();
  await expect(roomLink(page, 'Hall')).toBeVisible();
  await expect(composer(page, 'Hall')).toHaveCount(0);
  // The browser's own way back leads into the room again.
  await page.goBack();
  await arrived(page, 'Hall');
});

test('one writes and sends by touch, and Enter begins a new line', async ({ browser }) => {
  const page = await house.visit(browser, ada, '/r/hall');
  await arrived(page, 'Hall');
  await composer(page, 'Hall').tap();
  await page.keyboard.type('one');
  await page.keyboard.press('Enter');
  await page.keyboard.type('two');
  await expect(composer(page, 'Hall')).toHaveValue('one\ntwo');
  await page.getByRole('button', { name: t.composer.send }).tap();
  await expect(row(page, /one\s*two/)).toBeInViewport();
  await expect(composer(page, 'Hall')).toHaveValue('');
  await fits(page);
});

test('the panel covers the room, and goes away again', async ({ browser }) => {
  const page = await house.visit(browser, ada, '/r/hall');
  await arrived(page, 'Hall');
  await page.getByRole('button', { name: t.room.info }).tap();
  const panel = page.getByRole('complementary', { name: t.info.label });
  await expect(panel).toBeVisible();
  await fits(page);
  await panel.getByRole('button', { name: t.room.infoHide }).tap();
  await expect(panel).toHaveCount(0);
  await expect(composer(page, 'Hall')).toBeVisible();
});

test('what can be touched is large enough', async ({ browser }) => {
  const page = await house.visit(browser, ada, '/r/hall');
  await arrived(page, 'Hall');
  const small = await page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('button, a[href], input, select, textarea')]
      .filter((element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true }))
      .filter((element) => !element.closest('.body, .hidden-visually') && !element.matches('.skip'))
      .map((element) => ({
        name: element.getAttribute('aria-label') ?? element.textContent,
        box: element.getBoundingClientRect(),
      }))
      .filter(({ box }) => box.width > 0 && (box.width < 40 || box.height < 40))
      .map(({ name, box }) => `${name.trim()}: ${Math.round(box.width)}x${Math.round(box.height)}`),
  );
  expect(small).toEqual([]);
});

test('the door fits a phone, and the smallest screen', async ({ browser }) => {
  for (const width of [390, 320]) {
    const page = await house.visit(browser, null, '/register', { viewport: { width, height: 640 } });
    await expect(heading(page, t.register.title)).toBeVisible();
    await fits(page);
    const inside = await house.visit(browser, ada, '/r/hall', { viewport: { width, height: 640 } });
    await arrived(inside, 'Hall');
    await fits(inside);
    await inside.goto(`${house.url}/settings`);
    await expect(heading(inside, t.settings.title)).toBeVisible();
    await fits(inside);
  }
});

test('what one can do with a message is reached by touch', async ({ browser }) => {
  const page = await house.visit(browser, ada, '/r/hall');
  await arrived(page, 'Hall');
  await expect(row(page, /^.*hello/).first()).toBeVisible();
  await row(page, 'hello').first().tap();
  await page.getByRole('button', { name: t.message.actions, exact: true }).tap();
  await expect(page.getByRole('menu', { name: t.message.actions })).toBeVisible();
  await page.getByRole('menuitem', { name: t.message.reply }).tap();
  await expect(page.getByText(t.composer.replyingTo('Bo Diddley'))).toBeVisible();
});
