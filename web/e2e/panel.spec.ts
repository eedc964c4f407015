// The panel beside a room: where there is room for both it pushes, elsewhere it covers the room and keeps it out of use.

import { expect, type Person, test, useHouse } from './support/house.ts';
import { arrived, composer, t } from './support/screens.ts';

const house = useHouse();
let ada: Person;

test.beforeAll(async () => {
  ada = await house.owner();
  const room = await house.room(ada, 'Salon');
  await house.say(ada, room, ['hello']);
});

test('at no width does the panel lie over a composer that can be used', async ({ browser }) => {
  for (const width of [390, 721, 820, 959, 960, 1024, 1100, 1440, 1920]) {
    const page = await house.visit(browser, ada, '/r/salon', { viewport: { width, height: 768 } });
    await arrived(page, 'Salon');
    await page.getByRole('button', { name: t.room.info }).click();
    const panel = page.getByRole('complementary', { name: t.info.label });
    await expect(panel).toBeVisible();
    const field = page.locator('#composer');
    const [beside, over] = [await field.boundingBox(), await panel.boundingBox()];
    const meets = (beside?.x ?? 0) + (beside?.width ?? 0) > (over?.x ?? 0);
    expect(meets, `at ${width}`).toBe(width < 960);
    const isUsable = await field.evaluate((element) => element.closest('[inert]') === null);
    expect(isUsable, `at ${width}`).toBe(!meets);
    expect((over?.x ?? 0) + (over?.width ?? 0), `at ${width}`).toBeLessThanOrEqual(width);
    if (meets) {
      await expect(panel.getByRole('button', { name: t.room.infoHide })).toBeFocused();
      await page.keyboard.press('Escape');
      await expect(panel).toHaveCount(0);
      // The focus is where it was: on what opened it.
      await expect(page.getByRole('button', { name: t.room.info })).toBeFocused();
    } else {
      await composer(page, 'Salon').fill(`written at ${width}`);
      await expect(page.getByRole('button', { name: t.composer.send })).toBeVisible();
    }
    await page.context().close();
  }
});

test('a click beside a panel that covers the room closes it', async ({ browser }) => {
  const page = await house.visit(browser, ada, '/r/salon', { viewport: { width: 820, height: 768 } });
  await arrived(page, 'Salon');
  await page.getByRole('button', { name: t.room.info }).click();
  const panel = page.getByRole('complementary', { name: t.info.label });
  await expect(panel).toBeVisible();
  await page.mouse.click(300, 400);
  await expect(panel).toHaveCount(0);
});
