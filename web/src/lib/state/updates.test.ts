import { expect, it, vi } from 'vitest';
import { entryOf, type Page, reloadIfUpdated } from './updates.ts';

const html = (entry: string) =>
  `<head><script src="/theme.js"></script><script type="module" crossorigin src="${entry}"></script></head>`;

function page(change: Partial<Page> = {}): Page & { reload: ReturnType<typeof vi.fn<() => void>> } {
  const kept = new Map<string, string>();
  return {
    entry: '/assets/index-old.js',
    fetchPage: async () => html('/assets/index-new.js'),
    session: { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => void kept.set(key, value) },
    ...change,
    reload: vi.fn<() => void>(),
  };
}

it('knows a page by the script that it begins with', () => {
  expect(entryOf(html('/assets/index-1.js'))).toBe('/assets/index-1.js');
  expect(entryOf('<p>502 Bad Gateway</p>')).toBeNull();
});

it('loads the page anew where the server was updated, and once only', async () => {
  const old = page();
  expect(await reloadIfUpdated(old)).toBe(true);
  expect(old.reload).toHaveBeenCalledOnce();
  // The new page came from a cache, as it was: what is missing has to be told.
  expect(await reloadIfUpdated(old)).toBe(false);
  expect(old.reload).toHaveBeenCalledOnce();
});

it('stays where that is of no use', async () => {
  const forbidden = () => {
    throw new DOMException('no', 'SecurityError');
  };
  for (const change of [
    { fetchPage: async () => html('/assets/index-old.js') },
    { fetchPage: async () => '' },
    { fetchPage: () => Promise.reject(new TypeError('Failed to fetch')) },
    { entry: null },
    { session: { getItem: forbidden, setItem: forbidden } },
  ]) {
    const one = page(change);
    expect(await reloadIfUpdated(one)).toBe(false);
    expect(one.reload).not.toHaveBeenCalled();
  }
});
