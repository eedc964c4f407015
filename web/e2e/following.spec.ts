// Which rooms' events come: those of the room on the screen. Of the others, the list is told how far they are.

import type { Page } from '@playwright/test';
import { expect, type Person, test, useHouse } from './support/house.ts';
import { arrived, bodies, roomLink, row, t } from './support/screens.ts';

const house = useHouse();
let ada: Person;
let bo: Person;

test.beforeAll(async () => {
  ada = await house.owner();
  bo = await house.person('bo', 'Bo Diddley');
});

interface Frame {
  type: string;
  ref?: number;
  room?: string;
}

/** The frames of the connections that the page opens from now on. */
function listen(page: Page): { sent: Frame[]; received: Frame[] } {
  const frames: { sent: Frame[]; received: Frame[] } = { sent: [], received: [] };
  page.on('websocket', (socket) => {
    socket.on('framesent', ({ payload }) => frames.sent.push(JSON.parse(String(payload)) as Frame));
    socket.on('framereceived', ({ payload }) => frames.received.push(JSON.parse(String(payload)) as Frame));
  });
  return frames;
}

test('only the room on the screen sends its messages, and none is lost or doubled', async ({ browser }) => {
  const [here, there] = [await house.room(ada, 'Here', [bo]), await house.room(ada, 'There', [bo])];
  const page = await house.visit(browser, bo, '/r/here');
  await arrived(page, 'Here');
  const frames = listen(page);
  await page.reload();
  await arrived(page, 'Here');
  const closings = () => frames.sent.filter(({ type }) => type === 'room.close').map(({ ref }) => ref);
  const said = (room: string) =>
    frames.received.filter((frame) => frame.type === 'message.created' && frame.room === room).length;

  for (const round of [1, 2]) {
    const before = said(there.id);
    await house.say(ada, there, [`first ${round}`, `second ${round}`]);
    await expect(roomLink(page, 'There')).toContainText(t.rooms.unread(2));
    await house.say(ada, here, [`beside ${round}`]);
    await expect(row(page, `beside ${round}`)).toBeVisible();
    expect(said(there.id)).toBe(before);
    await roomLink(page, 'There').click();
    await arrived(page, 'There');
    await expect(row(page, `first ${round}`).locator('[data-unread]')).toHaveCount(1);
    await house.say(ada, there, [`third ${round}`]);
    await expect(row(page, `third ${round}`)).toBeVisible();
    await expect(roomLink(page, 'There')).not.toContainText('unread');
    const rounds = Array.from({ length: round }, (_, index) => index + 1);
    expect(await bodies(page)).toEqual(
      rounds.flatMap((one) => [`first ${one}`, `second ${one}`, `third ${one}`]),
    );
    await roomLink(page, 'Here').click();
    await arrived(page, 'Here');
    // What is said before the server has closed the room still comes.
    await expect
      .poll(() => frames.received.some(({ type, ref }) => type === 'ok' && ref === closings().at(-1)))
      .toBe(true);
  }
  expect(closings()).toHaveLength(4);
});
