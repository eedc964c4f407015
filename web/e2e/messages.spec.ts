// What is said: live, formatted, safe, changed, removed, refused.

import type { WebSocketRoute } from '@playwright/test';
import { expect, type Person, test, useHouse } from './support/house.ts';
import { arrived, composer, row, rowBy, say, t } from './support/screens.ts';

const house = useHouse();
let ada: Person;
let bo: Person;

test.beforeAll(async () => {
  ada = await house.owner();
  bo = await house.person('bo', 'Bo Diddley');
});

test('two people talk, live', async ({ browser }) => {
  await house.room(ada, 'Hall', [bo]);
  const one = await house.visit(browser, ada, '/r/hall');
  const other = await house.visit(browser, bo, '/r/hall');
  await arrived(one, 'Hall');
  await arrived(other, 'Hall');
  await say(one, 'Hall', 'Hello there');
  await expect(rowBy(other, 'Ada Lovelace', 'Hello there')).toBeVisible();
  await expect(composer(one, 'Hall')).toHaveValue('');
  await say(other, 'Hall', 'Hello yourself');
  await expect(rowBy(one, 'Bo Diddley', 'Hello yourself')).toBeVisible();
  // Once each, and nothing left on its way.
  for (const page of [one, other]) {
    await expect(page.getByRole('article')).toHaveCount(2);
    await expect(page.locator('[data-state]')).toHaveCount(0);
  }
  // Those who listen hear of others' words, not of their own.
  await expect(one.locator('[aria-live="polite"]').filter({ hasText: 'Hello yourself' })).toHaveCount(1);
  await expect(one.locator('[aria-live="polite"]').filter({ hasText: 'Hello there' })).toHaveCount(0);
});

test('several lines, and words that only look like more, stay as they are', async ({ browser }) => {
  await house.room(ada, 'Verse', [bo]);
  const page = await house.visit(browser, ada, '/r/verse');
  await arrived(page, 'Verse');
  await composer(page, 'Verse').pressSequentially('one');
  await composer(page, 'Verse').press('Shift+Enter');
  await composer(page, 'Verse').pressSequentially('two');
  await composer(page, 'Verse').press('Enter');
  await expect(row(page, /one\s*two/)).toHaveCount(1);
  await say(page, 'Verse', '<b>not bold</b> & "so" on');
  await expect(row(page, '<b>not bold</b> & "so" on')).toHaveCount(1);
  await say(page, 'Verse', '/etc/fstab');
  await expect(row(page, '/etc/fstab')).toHaveCount(1);
});

test('Markdown is rendered', async ({ browser }) => {
  await house.room(ada, 'Press', [bo]);
  const page = await house.visit(browser, ada, '/r/press');
  await arrived(page, 'Press');
  const text =
    '**bold** *slanted* ~~gone~~ `code` [link](https://example.org/)\n\n- one\n- two\n\n> said\n\n```\nlet x = 1;\n```';
  await say(page, 'Press', text);
  const body = page.getByRole('article').last().locator('.body');
  for (const [tag, inner] of [
    ['strong', 'bold'],
    ['em', 'slanted'],
    ['del', 'gone'],
    ['li', 'two'],
    ['blockquote', 'said'],
    ['pre', 'let x = 1;'],
  ] as const) {
    await expect(body.locator(tag).filter({ hasText: inner })).toBeVisible();
  }
  const link = body.getByRole('link', { name: 'link' });
  await expect(link).toHaveAttribute('href', 'https://example.org/');
  await expect(link).toHaveAttribute('rel', /noopener/);
  await expect(link).toHaveAttribute('rel', /nofollow/);
});

test('/me is something done', async ({ browser }) => {
  await house.room(ada, 'Stage', [bo]);
  const one = await house.visit(browser, ada, '/r/stage');
  const other = await house.visit(browser, bo, '/r/stage');
  await arrived(one, 'Stage');
  await arrived(other, 'Stage');
  await say(one, 'Stage', '/me bows');
  await expect(row(other, /Ada Lovelace\s*bows/)).toBeVisible();
  await expect(row(other, '/me')).toHaveCount(0);
});

test('a command that does not exist is not told to the room, but can be said as text', async ({
  browser,
}) => {
  await house.room(ada, 'Shell', [bo]);
  const one = await house.visit(browser, ada, '/r/shell');
  const other = await house.visit(browser, bo, '/r/shell');
  await arrived(one, 'Shell');
  await arrived(other, 'Shell');
  await say(one, 'Shell', '/usr is full');
  const failed = row(one, '/usr is full');
  await expect(failed.getByRole('alert')).toContainText(t.message.notSent);
  await say(one, 'Shell', 'after it');
  await expect(row(other, 'after it')).toBeVisible();
  await expect(row(other, '/usr is full')).toHaveCount(0);
  await failed.getByRole('button', { name: t.message.asText }).click();
  await expect(row(other, '/usr is full')).toBeVisible();
  await expect(row(one, '/usr is full')).toHaveCount(1);
  await expect(one.getByRole('alert').filter({ hasText: t.message.notSent })).toHaveCount(0);
});

test('a refused message keeps its row, and Retry sends it', async ({ browser }) => {
  await house.room(ada, 'Gate', [bo]);
  const page = await house.visit(browser, ada, '/settings');
  let refusals = 1;
  await page.routeWebSocket(/\/api\/v1\/ws$/, (socket: WebSocketRoute) => {
    const server = socket.connectToServer();
    socket.onMessage((text) => {
      const frame = JSON.parse(String(text)) as { type: string; ref: number };
      if (frame.type !== 'message.send' || refusals === 0) {
        server.send(text);
        return;
      }
      refusals -= 1;
      const error = { code: 'forbidden', message: 'Not now.' };
      socket.send(JSON.stringify({ type: 'error', ref: frame.ref, error }));
    });
  });
  await page.goto(`${house.url}/r/gate`);
  await arrived(page, 'Gate');
  await say(page, 'Gate', 'let me in');
  const line = row(page, 'let me in');
  await expect(line.getByRole('alert')).toContainText('Not now.');
  const key = await line.getAttribute('data-key');
  await line.getByRole('button', { name: t.message.retry }).click();
  await expect(line).toHaveAttribute('data-seq', /\d+/);
  // It is the same row, from the first key press to the acknowledged message.
  await expect(line).toHaveAttribute('data-key', key ?? '');
  await expect(line.getByRole('alert')).toHaveCount(0);
  await expect(row(page, 'let me in')).toHaveCount(1);
});

test('a refused message can be given up', async ({ browser }) => {
  await house.room(ada, 'Moat', [bo]);
  const page = await house.visit(browser, ada, '/r/moat');
  await arrived(page, 'Moat');
  await say(page, 'Moat', '/swim');
  await row(page, '/swim').getByRole('button', { name: t.message.discard }).click();
  await expect(row(page, '/swim')).toHaveCount(0);
});

test('one can change and remove what one said, and others see it', async ({ browser }) => {
  await house.room(ada, 'Desk', [bo]);
  const one = await house.visit(browser, ada, '/r/desk');
  const other = await house.visit(browser, bo, '/r/desk');
  await arrived(one, 'Desk');
  await arrived(other, 'Desk');
  await say(one, 'Desk', 'I am write');
  await expect(row(other, 'I am write')).toBeVisible();
  await expect(row(one, 'I am write')).toHaveAttribute('data-seq', /\d+/);
  await composer(one, 'Desk').press('ArrowUp');
  const field = one.getByRole('textbox', { name: t.message.editLabel });
  await expect(field).toHaveValue('I am write');
  await field.fill('I am right');
  await field.press('Enter');
  await expect(row(other, 'I am right')).toContainText(t.timeline.edited);
  await expect(row(other, 'I am write')).toHaveCount(0);
  await expect(composer(one, 'Desk')).toBeFocused();

  await row(one, 'I am right').hover();
  await one.getByRole('button', { name: t.message.actions, exact: true }).click();
  await one.getByRole('menuitem', { name: t.message.remove }).click();
  await one.getByRole('dialog').getByRole('button', { name: t.message.remove }).click();
  await expect(row(other, t.timeline.deleted)).toBeVisible();
  await expect(row(other, 'I am right')).toHaveCount(0);
  // Not even the server tells what it was.
  const room = await ada.rest.roomBySlug('desk');
  expect((await ada.rest.history(room.id)).messages[0]).toMatchObject({ body: '' });
});

test('an answer quotes what it answers', async ({ browser }) => {
  const room = await house.room(ada, 'Forum', [bo]);
  await house.say(bo, room, ['Who has the key?', 'Anybody?']);
  const page = await house.visit(browser, ada, '/r/forum');
  await arrived(page, 'Forum');
  await row(page, 'Who has the key?').hover();
  await page.getByRole('button', { name: t.message.reply, exact: true }).click();
  await expect(page.getByText(t.composer.replyingTo('Bo Diddley'))).toBeVisible();
  await say(page, 'Forum', 'I do.');
  await expect(row(page, 'I do.')).toContainText('Who has the key?');
  await expect(row(page, 'I do.')).toHaveAttribute('data-seq', /\d+/);
  const [question, , answer] = (await ada.rest.history(room.id)).messages;
  expect(answer?.reply_to).toBe(question?.id);
});

test('what was said while one was elsewhere is marked unread', async ({ browser }) => {
  const busy = await house.room(ada, 'Market', [bo]);
  await house.room(ada, 'Quiet', [bo]);
  const page = await house.visit(browser, bo, '/r/quiet');
  await arrived(page, 'Quiet');
  await house.say(ada, busy, ['first', 'second', 'third']);
  const link = page.getByRole('link', { name: /^Market/ });
  await expect(link).toContainText(t.rooms.unread(3));
  await expect(page).toHaveTitle(/^\(\d+\) /);
  await link.click();
  await arrived(page, 'Market');
  const mark = page.locator('[data-unread]');
  await expect(mark).toHaveCount(1);
  await expect(row(page, 'first').locator('[data-unread]')).toHaveCount(1);
  await expect(link).not.toContainText(t.rooms.unread(3));
  await house.say(ada, busy, ['fourth']);
  await expect(row(page, 'fourth')).toBeVisible();
  await expect(mark).toHaveCount(1);
});

test('a draft stays with its room', async ({ browser }) => {
  await house.room(ada, 'North', [bo]);
  await house.room(ada, 'South', [bo]);
  const page = await house.visit(browser, bo, '/r/north');
  await arrived(page, 'North');
  await composer(page, 'North').fill('half a thought');
  await page.getByRole('link', { name: /^South/ }).click();
  await arrived(page, 'South');
  await expect(composer(page, 'South')).toHaveValue('');
  await page.reload();
  await page.getByRole('link', { name: /^North/ }).click();
  await expect(composer(page, 'North')).toHaveValue('half a thought');
});
