// The connection goes and comes back: nothing is lost, nothing is doubled, nothing changes its order.

import type { Page, WebSocketRoute } from '@playwright/test';
import { expect, expectTrouble, type Person, test, UNREACHABLE, useHouse } from './support/house.ts';
import { arrived, bodies, composer, row, say, t } from './support/screens.ts';

const house = useHouse();
let ada: Person;
let bo: Person;

test.beforeAll(async () => {
  ada = await house.owner();
  bo = await house.person('bo', 'Bo Diddley');
});

/** A line that can be cut and mended, while the server and its HTTP interface go on. */
class Line {
  readonly #sockets = new Set<WebSocketRoute>();
  #isCut = false;

  async layTo(page: Page): Promise<void> {
    await page.routeWebSocket(/\/api\/v1\/ws$/, (socket) => {
      if (this.#isCut) {
        void socket.close({ code: 4402, reason: 'cut' });
        return;
      }
      socket.connectToServer();
      this.#sockets.add(socket);
    });
  }

  async cut(): Promise<void> {
    this.#isCut = true;
    for (const socket of this.#sockets) await socket.close({ code: 4402, reason: 'cut' });
    this.#sockets.clear();
  }

  mend(): void {
    this.#isCut = false;
  }
}

async function equalsApi(page: Page, person: Person, room: string): Promise<void> {
  const { messages } = await person.rest.history(room, { limit: 200 });
  const wanted = messages.map((message) => (message.deleted_at ? t.timeline.deleted : message.body));
  await expect(page.getByRole('article')).toHaveCount(wanted.length);
  const shown = (await bodies(page)).map((text) =>
    text.includes(t.timeline.deleted) ? t.timeline.deleted : text,
  );
  expect(shown).toEqual(wanted);
}

/** The client tries by itself too, and may have succeeded already: then there is no button to press. */
async function tryNow(page: Page): Promise<void> {
  await page.getByRole('button', { name: t.connection.tryNow }).evaluateAll((buttons) => {
    for (const button of buttons) (button as HTMLButtonElement).click();
  });
}

test('what was missed comes back, all of it, once, in order', async ({ browser }) => {
  const room = await house.room(ada, 'Bridge', [bo]);
  await house.say(bo, room, ['before one', 'before two', 'before three']);
  const page = await house.visit(browser, ada, '/settings');
  const line = new Line();
  await line.layTo(page);
  await page.goto(`${house.url}/r/bridge`);
  await arrived(page, 'Bridge');
  await expect(row(page, 'before three')).toBeVisible();

  await line.cut();
  await expect(page.getByText(t.connection.offline)).toBeVisible();
  await house.say(
    bo,
    room,
    Array.from({ length: 120 }, (_, index) => `missed ${index}`),
  );
  const { messages } = await bo.rest.history(room.id, { limit: 200 });
  await bo.rest.editMessage(room.id, messages[1]?.id ?? '', { body: 'before two, edited' });
  await bo.rest.editMessage(room.id, messages[60]?.id ?? '', { body: 'missed and edited' });
  await bo.rest.deleteMessage(room.id, messages[0]?.id ?? '');
  await bo.rest.deleteMessage(room.id, messages[70]?.id ?? '');
  await expect(row(page, 'missed')).toHaveCount(0);
  line.mend();
  await tryNow(page);
  await expect(row(page, 'missed 119')).toBeVisible();
  await expect(page.getByText(t.connection.offline)).toHaveCount(0);
  await equalsApi(page, ada, room.id);
  // And on it goes, live.
  await house.say(bo, room, ['after all']);
  await expect(row(page, 'after all')).toBeVisible();
  await equalsApi(page, ada, room.id);
});

test('so many that it is too far behind: the newest are shown', async ({ browser }) => {
  test.slow();
  const room = await house.room(ada, 'Abyss', [bo]);
  await house.say(bo, room, ['before']);
  const page = await house.visit(browser, ada, '/settings');
  const line = new Line();
  await line.layTo(page);
  await page.goto(`${house.url}/r/abyss`);
  await expect(row(page, 'before')).toBeVisible();
  await line.cut();
  await expect(page.getByText(t.connection.offline)).toBeVisible();
  for (let start = 0; start < 1100; start += 50) {
    await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        bo.rest.sendMessage(room.id, { body: `deep ${start + index}` }),
      ),
    );
  }
  await house.say(bo, room, ['the bottom']);
  line.mend();
  await tryNow(page);
  await expect(row(page, 'the bottom')).toBeInViewport();
  const { messages } = await ada.rest.history(room.id, { limit: 60 });
  const shown = await bodies(page);
  expect(shown.slice(-60)).toEqual(messages.map((message) => message.body));
});

test('a server that dies and comes back: what was written meanwhile is said once, in order', async ({
  browser,
}) => {
  const room = await house.room(ada, 'Phoenix', [bo]);
  const page = await house.visit(browser, ada, '/r/phoenix');
  const other = await house.visit(browser, bo, '/r/phoenix');
  expectTrouble(page, UNREACHABLE);
  expectTrouble(other, UNREACHABLE);
  await arrived(page, 'Phoenix');
  await arrived(other, 'Phoenix');
  await say(page, 'Phoenix', 'before the fire');
  await expect(row(other, 'before the fire')).toBeVisible();

  await house.server.kill();
  await expect(page.getByText(t.connection.offline)).toBeVisible();
  await expect(composer(page, 'Phoenix')).toBeEditable();
  for (const text of ['one', 'two', 'three']) await say(page, 'Phoenix', `ash ${text}`);
  await expect(row(page, 'ash three')).toContainText(t.message.queued);
  await expect(page.getByRole('article')).toHaveCount(4);

  await house.server.start();
  await expect(row(page, 'ash three')).toHaveAttribute('data-seq', /\d+/, { timeout: 40_000 });
  await expect(row(other, 'ash three')).toBeVisible({ timeout: 40_000 });
  await expect(page.getByText(t.connection.offline)).toHaveCount(0);
  for (const each of [page, other]) {
    expect(await bodies(each)).toEqual(['before the fire', 'ash one', 'ash two', 'ash three']);
    await equalsApi(each, ada, room.id);
  }
});

test('what was not sent survives a reload', async ({ browser }) => {
  const room = await house.room(ada, 'Ark', [bo]);
  const page = await house.visit(browser, ada, '/settings');
  const line = new Line();
  await line.layTo(page);
  await page.goto(`${house.url}/r/ark`);
  await arrived(page, 'Ark');
  await line.cut();
  await expect(page.getByText(t.connection.offline)).toBeVisible();
  await say(page, 'Ark', 'two of each');
  await expect(row(page, 'two of each')).toContainText(t.message.queued);
  line.mend();
  await page.reload();
  await expect(row(page, 'two of each')).toHaveAttribute('data-seq', /\d+/);
  await expect(row(page, 'two of each')).toHaveCount(1);
  expect((await ada.rest.history(room.id)).messages.map((message) => message.body)).toEqual(['two of each']);
});

test('a page that finds no server says so, and opens once there is one', async ({ browser }) => {
  await house.room(ada, 'Dawn', [bo]);
  const page = await house.visit(browser, ada, '/r/dawn');
  expectTrouble(page, UNREACHABLE);
  await arrived(page, 'Dawn');
  await page.route('**/api/v1/**', (route) => route.abort('connectionrefused'));
  await page.reload();
  await expect(page.getByRole('heading', { name: t.unreachable.title })).toBeVisible();
  await page.unroute('**/api/v1/**');
  await page
    .getByRole('button', { name: t.app.tryAgain })
    .or(page.getByRole('button', { name: t.connection.tryNow }))
    .click();
  await arrived(page, 'Dawn');
});
