// Days are the reader's: they change at local midnight, after a sleep, and with the time zone.

import { expect, type Person, test, useHouse } from './support/house.ts';
import { arrived, row } from './support/screens.ts';

const house = useHouse();
let ada: Person;

test.beforeAll(async () => {
  ada = await house.owner();
  const hall = await house.room(ada, 'Hall');
  await house.say(ada, hall, ['good evening']);
});

test('Today becomes Yesterday at midnight, and the day has its own date', async ({ browser }) => {
  const page = await house.visit(browser, ada, '/', { timezoneId: 'Pacific/Auckland' });
  const now = new Date();
  const parts = new Intl.DateTimeFormat('en-CA', { timeZone: 'Pacific/Auckland', dateStyle: 'short' });
  const clock = new Intl.DateTimeFormat('en-GB', {
    timeZone: 'Pacific/Auckland',
    timeStyle: 'medium',
    hourCycle: 'h23',
  });
  await page.clock.install({ time: now });
  await page.goto(`${house.url}/r/hall`);
  await arrived(page, 'Hall');
  const day = row(page, 'good evening').locator('p time');
  await expect(day).toHaveText('Today');
  await expect(day).toHaveAttribute('datetime', parts.format(now));
  const [hours = 0, minutes = 0, seconds = 0] = clock.format(now).split(':').map(Number);
  const left = 86_400 - (hours * 3600 + minutes * 60 + seconds);
  await page.clock.fastForward((left + 60) * 1000);
  await expect(day).toHaveText('Yesterday');
});

test('another time zone has another day', async ({ browser }) => {
  // The zone of the configuration could not be changed any more.
  const none: object = { timezoneId: undefined };
  const page = await house.visit(browser, ada, '/r/hall', none);
  await arrived(page, 'Hall');
  const time = row(page, 'good evening').locator('time').last();
  const session = await page.context().newCDPSession(page);
  const shown: string[] = [];
  for (const timezoneId of ['Asia/Tokyo', 'America/New_York']) {
    await session.send('Emulation.setTimezoneOverride', { timezoneId });
    await page.evaluate(() => dispatchEvent(new Event('focus')));
    const wanted = await page.evaluate(() => {
      const at = new Date(
        document.querySelector('article time[datetime*="T"]')?.getAttribute('datetime') ?? '',
      );
      return `${String(at.getHours()).padStart(2, '0')}:${String(at.getMinutes()).padStart(2, '0')}`;
    });
    await expect(time).toHaveText(wanted);
    shown.push(wanted);
  }
  expect(shown[0]).not.toBe(shown[1]);
});
