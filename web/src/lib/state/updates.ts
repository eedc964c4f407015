// A page that is older than its server: the parts of the client that it has not loaded yet are not there any more.

const KEY = 'parlor.updated-from';

/** What this needs of the page. */
export interface Page {
  /** The address of the script that the page began with. */
  readonly entry: string | null;
  /** What a new page would be. */
  fetchPage(): Promise<string>;
  reload(): void;
  readonly session: Pick<Storage, 'getItem' | 'setItem'>;
}

/**
 * Loads the page anew if the server has another version of it by now; false if it has not, or if that did not help before.
 * What is being written is kept, as whenever a page is left.
 */
export async function reloadIfUpdated(page: Page = present()): Promise<boolean> {
  const { entry } = page;
  if (entry === null) return false;
  try {
    const newest = entryOf(await page.fetchPage());
    if (newest === null || newest === entry || page.session.getItem(KEY) === entry) return false;
    page.session.setItem(KEY, entry);
  } catch {
    // There is no connection, or nothing to remember by that it was tried.
    return false;
  }
  page.reload();
  return true;
}

/** The address of the script that a page begins with. */
export function entryOf(html: string): string | null {
  return /<script\b[^>]*\btype="module"[^>]*\bsrc="([^"]+)"/.exec(html)?.[1] ?? null;
}

function present(): Page {
  return {
    entry: document.querySelector('script[type="module"][src]')?.getAttribute('src') ?? null,
    fetchPage: async () => {
      const response = await fetch('/', { cache: 'no-store' });
      return response.ok ? response.text() : '';
    },
    reload: () => {
      location.reload();
    },
    session: sessionStorage,
  };
}
