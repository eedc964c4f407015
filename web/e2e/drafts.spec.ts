// What was written and not sent: it outlives rooms, reloads and tabs, together with what it answers or changes.

import type { BrowserContext, Page } from '@playwright/test';
import { expect, type Person, test, useHouse } from './support/house.ts';
import { arrived, composer, roomLink, row, say, t } from './support/screens.ts';
import { watch } from './support/watch.ts';

const house = useHouse();
let ada: Person;
let bo: Person;

test.beforeAll(async () => {
  ada = await house.owner();
  bo = await house.person('bo', 'Bo Diddley');
});

/** Another tab of the same browser profile. */
async function tab(context: BrowserContext, path: string): Promise<Page> {
  const page = await context.newPage();
  watch(page);
  await page.goto(house.url + path);
  return page;
}

const editField = (page: Page) => page.getByRole('textbox', { name: t.message.editLabel });

for (const order of [
  [0, 1],
  [1, 0],
]) {
  test(`a draft outlives its tabs, closed in the order ${order.join(', ')}`, async ({ browser }) => {
    const name = `Nook ${order.join('')}`;
    const room = await house.room(ada, name, [bo]);
    const keeper = await house.visit(browser, bo, '/settings');
    const context = keeper.context();
    const tabs = [await tab(context, `/r/${room.slug}`), await tab(context, `/r/${room.slug}`)];
    for (const one of tabs) await arrived(one, name);
    await composer(tabs[0] as Page, name).fill('half a thought');
    // The other tab shows it too.
    await expect(composer(tabs[1] as Page, name)).toHaveValue('half a thought');
    for (const index of order) await tabs[index]?.close({ runBeforeUnload: true });
    const next = await tab(context, `/r/${room.slug}`);
    await expect(composer(next, name)).toHaveValue('half a thought');
    await next.reload();
    await expect(composer(next, name)).toHaveValue('half a thought');
    // Sent in one tab, it is offered in none.
    await roomLink(keeper, name).click();
    await expect(composer(keeper, name)).toHaveValue('half a thought');
    await composer(next, name).press('Enter');
    await expect(composer(keeper, name)).toHaveValue('');
    await expect(row(keeper, 'half a thought')).toHaveCount(1);
  });
}

test('an answer stays an answer: in another room and back, after a reload, in another tab', async ({
  browser,
}) => {
  const room = await house.room(ada, 'Forum', [bo]);
  await house.room(ada, 'Porch', [bo]);
  await house.say(ada, room, ['Who has the key?', 'Anybody?']);
  const page = await house.visit(browser, bo, '/r/forum');
  await arrived(page, 'Forum');
  await row(page, 'Who has the key?').hover();
  await page.getByRole('button', { name: t.message.reply, exact: true }).click();
  await composer(page, 'Forum').fill('I do.');
  await roomLink(page, 'Porch').click();
  await arrived(page, 'Porch');
  await expect(page.getByText(t.composer.replyingTo('Ada Lovelace'))).toHaveCount(0);
  await roomLink(page, 'Forum').click();
  await expect(page.getByText(t.composer.replyingTo('Ada Lovelace'))).toBeVisible();
  await page.reload();
  await expect(page.getByText(t.composer.replyingTo('Ada Lovelace'))).toBeVisible();
  const other = await tab(page.context(), '/r/forum');
  await expect(other.getByText(t.composer.replyingTo('Ada Lovelace'))).toBeVisible();
  await expect(composer(other, 'Forum')).toHaveValue('I do.');
  await composer(page, 'Forum').press('Enter');
  await expect(row(page, 'I do.')).toHaveAttribute('data-seq', /\d+/);
  const [question, , answer] = (await ada.rest.history(room.id)).messages;
  expect(answer?.reply_to).toBe(question?.id);
  // The next one answers nothing, here and there.
  await expect(page.getByText(t.composer.replyingTo('Ada Lovelace'))).toHaveCount(0);
  await expect(other.getByText(t.composer.replyingTo('Ada Lovelace'))).toHaveCount(0);
});

test('an answer to what is removed meanwhile says so, and is sent', async ({ browser }) => {
  const room = await house.room(ada, 'Lodge', [bo]);
  await house.say(ada, room, ['Who is there?']);
  const page = await house.visit(browser, bo, '/r/lodge');
  await arrived(page, 'Lodge');
  await row(page, 'Who is there?').hover();
  await page.getByRole('button', { name: t.message.reply, exact: true }).click();
  await composer(page, 'Lodge').fill('I am.');
  const [question] = (await ada.rest.history(room.id)).messages;
  await ada.rest.deleteMessage(room.id, question?.id ?? '');
  await expect(page.locator('form').getByText(t.timeline.deleted)).toBeVisible();
  await composer(page, 'Lodge').press('Enter');
  await expect(row(page, 'I am.')).toHaveAttribute('data-seq', /\d+/);
});

test('what is being edited is there after another room, and after a reload, as it was typed', async ({
  browser,
}) => {
  const room = await house.room(ada, 'Desk', [bo]);
  await house.room(ada, 'Yard', [bo]);
  const page = await house.visit(browser, bo, '/r/desk');
  await arrived(page, 'Desk');
  await say(page, 'Desk', '    code');
  await expect(row(page, 'code')).toHaveAttribute('data-seq', /\d+/);
  await composer(page, 'Desk').press('ArrowUp');
  await expect(editField(page)).toHaveValue('    code');
  await expect(editField(page)).toBeFocused();
  await editField(page).fill('    more code');
  await roomLink(page, 'Yard').click();
  await arrived(page, 'Yard');
  await roomLink(page, 'Desk').click();
  await expect(editField(page)).toHaveValue('    more code');
  await page.reload();
  await expect(editField(page)).toHaveValue('    more code');
  await editField(page).press('Enter');
  await expect(editField(page)).toHaveCount(0);
  await expect(row(page, 'more code').locator('pre')).toBeVisible();
  expect((await ada.rest.history(room.id)).messages.map((message) => message.body)).toEqual([
    '    more code',
  ]);
  await page.reload();
  await arrived(page, 'Desk');
  await expect(editField(page)).toHaveCount(0);
});

test('beginning to edit another message gives up none', async ({ browser }) => {
  await house.room(ada, 'Loft', [bo]);
  const page = await house.visit(browser, bo, '/r/loft');
  await arrived(page, 'Loft');
  for (const text of ['first', 'second']) {
    await say(page, 'Loft', text);
    await expect(row(page, text)).toHaveAttribute('data-seq', /\d+/);
  }
  await composer(page, 'Loft').press('ArrowUp');
  await editField(page).fill('second, changed');
  await row(page, 'first').hover();
  await page.getByRole('button', { name: t.message.edit, exact: true }).click();
  await expect(editField(page)).toHaveCount(2);
  await expect(editField(page).first()).toBeFocused();
  await editField(page).first().press('Escape');
  await expect(editField(page)).toHaveValue('second, changed');
});

test('a message that is removed elsewhere does not take the text with it', async ({ browser }) => {
  const room = await house.room(ada, 'Attic', [bo]);
  const page = await house.visit(browser, bo, '/r/attic');
  await arrived(page, 'Attic');
  await say(page, 'Attic', 'a long story');
  await expect(row(page, 'a long story')).toHaveAttribute('data-seq', /\d+/);
  await composer(page, 'Attic').press('ArrowUp');
  await editField(page).fill('a long story, told better');
  const [told] = (await ada.rest.history(room.id)).messages;
  await ada.rest.deleteMessage(room.id, told?.id ?? '');
  await expect(page.getByRole('alert').filter({ hasText: t.message.editRemoved })).toBeVisible();
  await expect(page.getByText('a long story, told better')).toBeVisible();
  await page.reload();
  await page.getByRole('button', { name: t.message.editRescue }).click();
  await expect(composer(page, 'Attic')).toHaveValue('a long story, told better');
  await expect(page.getByText(t.message.editRemoved)).toHaveCount(0);
});

test('an edit of a message that is not on the page is found again', async ({ browser }) => {
  const room = await house.room(ada, 'Cellar', [bo]);
  const page = await house.visit(browser, bo, '/r/cellar');
  await arrived(page, 'Cellar');
  await say(page, 'Cellar', 'an old word');
  await expect(row(page, 'an old word')).toHaveAttribute('data-seq', /\d+/);
  await composer(page, 'Cellar').press('ArrowUp');
  await editField(page).fill('an old word, worn');
  await house.say(
    ada,
    room,
    Array.from({ length: 130 }, (_, index) => `line ${index}`),
  );
  await page.reload();
  await arrived(page, 'Cellar');
  await page.getByRole('button', { name: t.message.editShow }).click();
  await expect(editField(page)).toHaveValue('an old word, worn');
  await expect(editField(page)).toBeInViewport();
});

test('a full browser keeps the draft for the tab, and says so', async ({ browser }) => {
  await house.room(ada, 'Barn', [bo]);
  const page = await house.visit(browser, bo, '/r/barn');
  await arrived(page, 'Barn');
  await page.evaluate(() => {
    for (let size = 2 ** 22; size >= 1; size /= 2) {
      try {
        for (let index = 0; ; index += 1) localStorage.setItem(`filler.${size}.${index}`, 'x'.repeat(size));
      } catch {
        // It is full; something smaller may still fit.
      }
    }
  });
  await composer(page, 'Barn').fill('a letter that finds no room');
  await expect(page.getByText(t.composer.notKept)).toBeVisible();
  await page.reload();
  await expect(composer(page, 'Barn')).toHaveValue('a letter that finds no room');
  await page.evaluate(() => {
    for (const key of Object.keys(localStorage)) if (key.startsWith('filler.')) localStorage.removeItem(key);
  });
  await composer(page, 'Barn').pressSequentially('!');
  await expect(page.getByText(t.composer.notKept)).toHaveCount(0);
});

test('a character that was cut in two is sent as one that every reader takes', async ({ browser }) => {
  const room = await house.room(ada, 'Press', [bo]);
  const page = await house.visit(browser, bo, '/r/press');
  await arrived(page, 'Press');
  await composer(page, 'Press').evaluate((field: HTMLTextAreaElement) => {
    field.value = 'half \ud83d of it';
    field.dispatchEvent(new Event('input', { bubbles: true }));
  });
  await composer(page, 'Press').press('Enter');
  await expect(row(page, 'half \ufffd of it')).toHaveAttribute('data-seq', /\d+/);
  expect((await ada.rest.history(room.id)).messages[0]?.body).toBe('half \ufffd of it');
});
