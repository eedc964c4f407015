// What no page may do in any test: throw, break the content policy, log an error or a warning, or ask a question in a dialog.

import { expect, type Page, test as base } from '@playwright/test';

interface Watched {
  readonly troubles: string[];
  /** What the test brings about on purpose. */
  readonly expected: RegExp[];
}

const watched = new Map<Page, Watched>();

/** Begins to watch a page; the end of the test judges it. */
export function watch(page: Page): void {
  const entry: Watched = { troubles: [], expected: [] };
  watched.set(page, entry);
  page.on('pageerror', (error) => entry.troubles.push(`thrown: ${error.stack ?? error.message}`));
  page.on('dialog', (dialog) => {
    entry.troubles.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('console', (message) => {
    const text = `${message.text()} ${message.location().url}`;
    if (['error', 'warning'].includes(message.type()) || /Content Security Policy|Trusted/i.test(text)) {
      entry.troubles.push(`console: ${text}`);
    }
  });
}

/** Says that this page will have troubles of this kind, since the test makes them. */
export function expectTrouble(page: Page, ...kinds: RegExp[]): void {
  watched.get(page)?.expected.push(...kinds);
}

/** Refused requests that the test asks for are logged by the browser itself. */
export const REFUSED = /Failed to load resource: the server responded with a status of 4\d\d/;
/** So are connections that fail while the server is away. */
export const UNREACHABLE = /net::ERR_|WebSocket connection to|Failed to load resource/;

/** Judges and closes all pages of the test. */
async function judge(): Promise<void> {
  const all = [...watched].flatMap(([page, { troubles, expected }]) =>
    troubles
      .filter((trouble) => !expected.some((kind) => kind.test(trouble)))
      .map((trouble) => `${page.url()}: ${trouble}`),
  );
  for (const page of watched.keys()) await page.context().close();
  watched.clear();
  expect(all, 'what pages may not do').toEqual([]);
}

/** The test of every spec file: it ends with a look at what its pages did. */
export const test = base.extend<{ watching: undefined }>({
  watching: [
    // The runner wants to see in the pattern which other fixtures are used: none.
    async ({}, use) => {
      await use(undefined);
      await judge();
    },
    { auto: true },
  ],
});
