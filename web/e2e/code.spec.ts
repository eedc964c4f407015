// Blocks of code: what language they are in, their colours, and how they are copied.

import { expect, type Person, test, useHouse } from './support/house.ts';
import { arrived, row, t } from './support/screens.ts';

const house = useHouse();
const RUST = '// Short.\nfn pour(cups: u32) {\n    "tea"\n}';
let ada: Person;

test.beforeAll(async () => {
  ada = await house.owner();
  const room = await house.room(ada, 'Salon');
  await house.say(ada, room, [
    `\`\`\`rust\n${RUST}\n\`\`\``,
    '```diff\n same\n-old\n+new\n```',
    '```\nno language\n```',
    `\`\`\`\n${'wide '.repeat(100)}\n\`\`\``,
  ]);
});

test('a block says its language, is coloured where it stands, and is copied as it was written', async ({
  browser,
}) => {
  const page = await house.visit(browser, ada, '/r/salon', {
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  await arrived(page, 'Salon');
  const rust = row(page, 'fn pour');
  await expect(rust.locator('.code-head span')).toHaveText('rust');
  const height = (await rust.boundingBox())?.height;
  for (const [tone, text] of [
    ['comment', '// Short.'],
    ['keyword', 'fn'],
    ['string', '"tea"'],
  ] as const) {
    await expect(rust.locator(`.tone-${tone}`)).toHaveText(text);
  }
  const plain = await rust.locator('code').evaluate((code) => getComputedStyle(code).color);
  await expect(rust.locator('.tone-keyword')).not.toHaveCSS('color', plain);
  expect((await rust.boundingBox())?.height, 'colours move nothing').toBe(height);
  await rust.getByRole('button', { name: t.message.copyCode }).click();
  await expect(page.getByText(t.message.codeCopied).first()).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(RUST);
});

test('lines of a difference have grounds from edge to edge', async ({ browser }) => {
  const page = await house.visit(browser, ada, '/r/salon');
  const diff = row(page, '+new');
  await expect(diff.locator('.tone-added')).toHaveText('+new\n');
  const [line, block] = [
    await diff.locator('.tone-added').boundingBox(),
    await diff.locator('pre').boundingBox(),
  ];
  expect(Math.abs((line?.width ?? 0) - (block?.width ?? 0))).toBeLessThanOrEqual(1);
  await expect(diff.locator('.tone-removed')).toHaveText('-old\n');
});

test('the head has a height of its own, and what scrolls is faded', async ({ browser }) => {
  const page = await house.visit(browser, ada, '/r/salon');
  const head = row(page, 'no language').locator('.code-head');
  await expect(head).toHaveCSS('height', '28px');
  await expect(head.locator('span')).toHaveText(t.message.code);
  await expect(row(page, 'no language').locator('pre')).toHaveCSS('mask-image', 'none');
  await expect(row(page, 'wide wide').locator('pre')).not.toHaveCSS('mask-image', 'none');
});
