// Whatever people write, it is shown and not obeyed. Dialogs, thrown errors and breaches of the content policy fail any
// test; here the elements and addresses are looked at as well.

import { expect, type Person, test, useHouse } from './support/house.ts';
import { arrived, heading, t } from './support/screens.ts';

const house = useHouse();
let ada: Person;

test.beforeAll(async () => {
  ada = await house.owner();
});

const CORPUS = [
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '<svg onload=alert(1)>',
  '<svg><script>alert(1)</script></svg>',
  '<iframe srcdoc="<script>parent.alert(1)</script>"></iframe>',
  '<a href="javascript:alert(1)">x</a>',
  '[x](javascript:alert(1))',
  '[x](JaVaScRiPt:alert(1))',
  '[x](java&#x73;cript:alert(1))',
  '[x](java\tscript:alert(1))',
  '[x](data:text/html,<script>alert(1)</script>)',
  '[x](vbscript:msgbox(1))',
  '[x](//evil.example/x)',
  '![x](https://evil.example/pixel.png)',
  '![x" onerror="alert(1)](x)',
  '[x](https://a.example/"onmouseover="alert(1))',
  '[x](https://a.example/ "\\" onmouseover=alert(1) \\"")',
  '<https://a.example/"onclick=alert(1)>',
  'https://a.example/"><img/src=x/onerror=alert(1)>',
  '`<img src=x onerror=alert(1)>`',
  '```html\n<script>alert(1)</script>\n```',
  '```"><script>alert(1)</script>\nx\n```',
  '| a |\n|---|\n| <img src=x onerror=alert(1)> |',
  '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
  '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
  '<form action="javascript:alert(1)"><button>x</button></form>',
  '<style>*{display:none}</style>',
  '<base href="https://evil.example/">',
  '<meta http-equiv="refresh" content="0;url=https://evil.example/">',
  '<div style="position:fixed;inset:0">over it all</div>',
  '<details open ontoggle=alert(1)>',
  '<input autofocus onfocus=alert(1)>',
  '<object data="javascript:alert(1)"></object>',
  '&lt;script&gt;alert(1)&lt;/script&gt;',
  '[a]: javascript:alert(1)\n\n[a]',
  '{{constructor.constructor("alert(1)")()}}',
  '${alert(1)}',
  '\u202Etxet desrever\u202C <b onclick=alert(1)>x</b>',
  '\u0000<script>alert(1)</script>'.replace('\u0000', '\u200B'),
  '<a id="parlor"></a><a id="parlor" name="user">',
];

const ALLOWED = new Set(
  'A BLOCKQUOTE BR CODE DEL EM H1 H2 H3 H4 H5 H6 HR LI OL P PRE STRONG TABLE TBODY TD TH THEAD TR UL DIV SPAN'.split(
    ' ',
  ),
);

test('no message runs, loads or leads anywhere it should not', async ({ browser }) => {
  const room = await house.room(ada, 'Zoo');
  const page = await house.visit(browser, ada, '/r/zoo');
  await arrived(page, 'Zoo');
  const outside: string[] = [];
  page.on('request', (request) => {
    if (!request.url().startsWith(house.url)) outside.push(request.url());
  });
  await house.say(ada, room, CORPUS);
  await house.say(ada, room, ['the end']);
  await expect(page.getByRole('article').filter({ hasText: 'the end' })).toBeVisible();
  await expect(page.getByRole('article')).toHaveCount(CORPUS.length + 1);
  const found = await page.locator('article .body').evaluateAll((bodies) =>
    bodies.flatMap((body) =>
      // The frame of a block of code is the client's own.
      [...body.querySelectorAll(':not(.code-head, .code-head *)')].map((element) => ({
        tag: element.tagName,
        attributes: [...element.attributes].map((attribute) => `${attribute.name}=${attribute.value}`),
        protocol:
          element instanceof HTMLAnchorElement && element.hasAttribute('href') ? element.protocol : null,
        rel: element.getAttribute('rel'),
      })),
    ),
  );
  expect(found.length).toBeGreaterThan(20);
  for (const { tag, attributes, protocol, rel } of found) {
    expect(ALLOWED, attributes.join(' ')).toContain(tag);
    expect(attributes.filter((attribute) => /^(on|style=|src|id=|name=)/.test(attribute))).toEqual([]);
    if (protocol !== null) {
      expect(['http:', 'https:', 'mailto:']).toContain(protocol);
      expect(rel).toContain('noopener');
    }
  }
  expect(outside).toEqual([]);
  // Moving over all of it starts nothing either.
  for (const article of await page.getByRole('article').all()) await article.hover();
  await page.reload();
  await expect(page.getByRole('article').filter({ hasText: 'the end' })).toBeVisible();
  expect(outside).toEqual([]);
});

test('names and topics are texts', async ({ browser }) => {
  const image = '<img src=x onerror=alert(1)>';
  const mal = await house.person('mal', image);
  const room = await house.room(mal, image, [ada], image);
  await house.say(mal, room, ['hello']);
  const page = await house.visit(browser, ada, `/r/${room.slug}`);
  await expect(heading(page, image)).toBeVisible();
  await expect(page.getByRole('article').filter({ hasText: 'hello' })).toContainText(image);
  await page.getByRole('button', { name: t.room.info }).click();
  await expect(page.getByRole('complementary')).toContainText(image);
  await page.goto(`${house.url}/rooms`);
  await expect(page.getByRole('main')).toContainText(image);
  await expect(page.locator('img')).toHaveCount(0);
});

test('the page is served with a policy that forbids the rest', async ({ page }) => {
  const answer = await page.request.get(`${house.url}/`);
  const policy = answer.headers()['content-security-policy'] ?? '';
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("script-src 'self'");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).not.toContain('unsafe');
  expect(answer.headers()['x-content-type-options']).toBe('nosniff');
});
