// A whole first hour without a mouse: everything is reached, and one always sees where one is.

import type { Page } from '@playwright/test';
import { expect, PASSWORD, type Person, test, useHouse } from './support/house.ts';
import { arrived, composer, heading, row, t } from './support/screens.ts';

const house = useHouse();
let ada: Person;

test.beforeAll(async () => {
  ada = await house.owner();
  const bo = await house.person('bo', 'Bo Diddley');
  const room = await house.room(ada, 'Hall', [bo]);
  await house.say(bo, room, ['first of all', 'second of all']);
});

/** What has the focus shows it: by an outline, on itself or on what stands for it. */
async function focusShows(page: Page): Promise<boolean> {
  return page.evaluate(() => {
    const outlined = (element: Element): boolean => {
      const style = getComputedStyle(element);
      return (
        (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1) || style.boxShadow !== 'none'
      );
    };
    const element = document.activeElement;
    if (!element || element === document.body) return false;
    // A field may show it by its edge, an invisible input by its label, a composer by the box around it.
    const around = [
      element,
      element.parentElement,
      element.parentElement?.parentElement,
      ...element.querySelectorAll('.row'),
    ];
    const edge = (one: Element): boolean =>
      one.matches('input, textarea, select') && getComputedStyle(one).borderStyle !== 'none';
    return around.some((one) => one && outlined(one)) || edge(element);
  });
}

/** Presses Tab until the named control has the focus. Each stop on the way shows where one is. */
async function tabTo(
  page: Page,
  role: Parameters<Page['getByRole']>[0],
  name: string | RegExp,
): Promise<void> {
  const target = page.getByRole(role, { name }).first();
  await expect(target).toBeVisible();
  for (let stops = 0; stops < 60; stops += 1) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press('Tab');
    const { tag, shows } = {
      tag: await page.evaluate(() => document.activeElement?.outerHTML.slice(0, 160)),
      shows: await focusShows(page),
    };
    // Between the last stop and the first lies the browser itself.
    if (tag?.startsWith('<body')) continue;
    expect(shows, `the focus shows on ${tag ?? 'nothing'}`).toBe(true);
  }
  throw new Error(`Tab does not lead to ${role} ${String(name)}.`);
}

test('from the door to a conversation and out again', async ({ browser }) => {
  const page = await house.visit(browser, null, '/r/hall');
  const keys = page.keyboard;
  // The form is ready for typing.
  await expect(page.getByLabel(t.account.username, { exact: true })).toBeFocused();
  await keys.type('ada');
  await keys.press('Tab');
  await keys.type(PASSWORD);
  await keys.press('Enter');
  await arrived(page, 'Hall');
  await expect(composer(page, 'Hall')).toBeFocused();
  await keys.type('typed by hand');
  await keys.press('Enter');
  await expect(row(page, 'typed by hand')).toHaveAttribute('data-seq', /\d+/);
  await expect(composer(page, 'Hall')).toBeFocused();

  // Up in the empty field changes the last words; Esc leaves them.
  await keys.press('ArrowUp');
  await expect(page.getByRole('textbox', { name: t.message.editLabel })).toBeFocused();
  await keys.press('Escape');
  await expect(composer(page, 'Hall')).toBeFocused();
  await keys.press('ArrowUp');
  await keys.press('End');
  await keys.type(', twice');
  await keys.press('Enter');
  await expect(row(page, 'typed by hand, twice')).toContainText(t.timeline.edited);
  await expect(composer(page, 'Hall')).toBeFocused();

  // Into the messages: one stop, arrows inside, R answers, Enter opens what else there is.
  await keys.press('Shift+Tab');
  await expect(row(page, 'typed by hand, twice')).toBeFocused();
  expect(await focusShows(page)).toBe(true);
  await keys.press('Home');
  await expect(row(page, 'first of all')).toBeFocused();
  await keys.press('j');
  await expect(row(page, 'second of all')).toBeFocused();
  await keys.press('r');
  await expect(page.getByText(t.composer.replyingTo('Bo Diddley'))).toBeVisible();
  await expect(composer(page, 'Hall')).toBeFocused();
  await keys.type('an answer');
  await keys.press('Enter');
  await expect(row(page, 'an answer')).toContainText('second of all');
  await expect(row(page, 'an answer')).toHaveAttribute('data-seq', /\d+/);
  await keys.press('Shift+Tab');
  await keys.press('End');
  await expect(row(page, 'an answer')).toBeFocused();
  await keys.press('Enter');
  await expect(page.getByRole('menu', { name: t.message.actions })).toBeVisible();
  await expect(page.getByRole('menuitem').first()).toBeFocused();
  await keys.press('Escape');
  await expect(page.getByRole('menu')).toHaveCount(0);
  await expect(row(page, 'an answer')).toBeFocused();
  await keys.press('Delete');
  const removal = page.getByRole('dialog', { name: t.message.removeTitle });
  await expect(removal).toBeVisible();
  await tabTo(page, 'button', t.message.remove);
  await keys.press('Enter');
  await expect(row(page, t.timeline.deleted)).toBeVisible();
});

test('rooms are made, found and left by keys', async ({ browser }) => {
  const page = await house.visit(browser, ada, '/r/hall');
  const keys = page.keyboard;
  await arrived(page, 'Hall');
  await tabTo(page, 'button', t.rooms.create);
  await keys.press('Enter');
  const dialog = page.getByRole('dialog', { name: t.createRoom.title });
  await expect(dialog.getByLabel(t.createRoom.name, { exact: true })).toBeFocused();
  await keys.type('Kitchen');
  await keys.press('Enter');
  await arrived(page, 'Kitchen');

  // Ctrl+K: a few letters, Enter.
  await keys.press('Control+k');
  await expect(page.getByRole('combobox', { name: t.switcher.label })).toBeFocused();
  await keys.type('hal');
  await expect(page.getByRole('option', { selected: true })).toContainText('Hall');
  await keys.press('Enter');
  await arrived(page, 'Hall');
  await keys.press('Alt+ArrowDown');
  await arrived(page, 'Kitchen');
  await keys.press('Alt+ArrowUp');
  await arrived(page, 'Hall');
  // Esc gives the focus back to where it was.
  await expect(composer(page, 'Hall')).toBeFocused();
  await keys.press('Control+k');
  await keys.press('Escape');
  await expect(page.getByRole('combobox')).toHaveCount(0);
  await expect(composer(page, 'Hall')).toBeFocused();

  await keys.press('Control+.');
  const panel = page.getByRole('complementary', { name: t.info.label });
  await expect(panel).toBeVisible();
  await tabTo(page, 'button', t.room.leave);
  await keys.press('Enter');
  await expect(page.getByRole('dialog')).toBeVisible();
  await keys.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect(panel.getByRole('button', { name: t.room.leave })).toBeFocused();
});

test('the help tells the keys, F6 goes from part to part, and the first stop skips to the messages', async ({
  browser,
}) => {
  const page = await house.visit(browser, ada, '/r/hall');
  const keys = page.keyboard;
  await arrived(page, 'Hall');
  await keys.press('Control+/');
  const help = page.getByRole('dialog', { name: t.keys.title });
  await expect(help).toContainText(t.keys.switcher);
  await keys.press('Escape');
  await expect(help).toHaveCount(0);

  const region = (): Promise<string | undefined> =>
    page.evaluate(() => document.activeElement?.closest<HTMLElement>('[data-region]')?.dataset['region']);
  const seen = new Set<string | undefined>();
  for (let press = 0; press < 4; press += 1) {
    await keys.press('F6');
    seen.add(await region());
  }
  expect(seen).toEqual(new Set(['rooms', 'messages', 'composer']));

  await page.reload();
  await arrived(page, 'Hall');
  await page.evaluate(() => {
    (document.activeElement as HTMLElement).blur();
  });
  await tabTo(page, 'link', t.app.skipToMessages);
  await keys.press('Enter');
  await expect.poll(region).toBe('messages');
});

test('settings are reached and changed by keys', async ({ browser }) => {
  const page = await house.visit(browser, ada, '/r/hall');
  const keys = page.keyboard;
  await arrived(page, 'Hall');
  await tabTo(page, 'link', new RegExp(`${t.settings.title}$`));
  await keys.press('Enter');
  await expect(heading(page, t.settings.title)).toBeVisible();
  await tabTo(page, 'radio', /./);
  const theme = (): Promise<string> =>
    page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  await page.emulateMedia({ colorScheme: 'light' });
  const before = await theme();
  await page.getByRole('radio', { name: t.settings.themeDark }).focus();
  await keys.press('Space');
  await expect.poll(theme).not.toBe(before);
  await tabTo(page, 'button', t.settings.signOut);
});
