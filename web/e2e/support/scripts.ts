// What texts of other scripts do to a page: which of them have no direction of their own, and where marks are drawn.

import type { Browser, Page } from '@playwright/test';

/** Everything with Hebrew in it that would be ordered by the English around it, and fields that would do so. */
export function misdirected(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const HEBREW = /[\u0590-\u05ff]/;
    const OPENED = '\u2068';
    const found: string[] = [];
    const isIsolated = (from: Element): boolean => {
      for (let element: Element | null = from; element && element !== document.body;) {
        const { unicodeBidi } = getComputedStyle(element);
        if (unicodeBidi === 'plaintext' || element.getAttribute('dir') === 'auto') return true;
        element = element.parentElement;
      }
      return false;
    };
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const text = node.textContent ?? '';
      const parent = node.parentElement;
      if (!parent || !HEBREW.test(text) || parent.closest('.hidden-visually')) continue;
      if (!text.includes(OPENED) && !isIsolated(parent)) found.push(`text: ${text.trim()}`);
    }
    for (const element of document.querySelectorAll('[title], [placeholder]')) {
      for (const name of ['title', 'placeholder']) {
        const text = element.getAttribute(name) ?? '';
        if (HEBREW.test(text) && !text.includes(OPENED) && !isIsolated(element))
          found.push(`${name}: ${text}`);
      }
    }
    const fields = 'textarea, input:not([type=radio], [type=checkbox], [type=hidden])';
    for (const field of document.querySelectorAll<HTMLInputElement>(fields)) {
      if (!field.hasAttribute('dir')) found.push(`field: ${field.getAttribute('aria-label') ?? field.name}`);
    }
    return found;
  });
}

/** Whether the last character of that text stands at the left of its first one, wherever it shows. */
export function orders(page: Page, text: string): Promise<string[]> {
  return page.evaluate((wanted) => {
    const left = (node: Node, offset: number): number => {
      const range = document.createRange();
      range.setStart(node, offset);
      range.setEnd(node, offset + 1);
      return range.getBoundingClientRect().left;
    };
    const found: string[] = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const start = (node.textContent ?? '').indexOf(wanted);
      if (start === -1 || node.parentElement?.closest('.hidden-visually')) continue;
      if (!node.parentElement?.checkVisibility()) continue;
      const isRight = left(node, start + wanted.length - 1) < left(node, start);
      const place = node.parentElement.closest('[class], h1, h2')?.className ?? '';
      found.push(`${isRight ? 'right' : 'wrong'}: ${place.replace(/ ?svelte-\w+/g, '')}`);
    }
    return found;
  }, text);
}

/**
 * Where stacked marks are drawn outside of the lines of their own text: the page is looked at with them and with one of
 * each, which takes the same place. The answer is where pixels differ elsewhere.
 */
export async function strayMarks(browser: Browser, page: Page): Promise<string[]> {
  const withMarks = await page.screenshot({ animations: 'disabled', caret: 'hide' });
  const lines = await page.evaluate(() => {
    // Marks of every script: a stack of Hebrew, Arabic or Thai ones is drawn over its neighbours as well.
    const MARKS = /(\p{M})\p{M}{2,}/gu;
    const found: { left: number; right: number; top: number; bottom: number }[] = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      if (!MARKS.test(node.textContent ?? '')) continue;
      MARKS.lastIndex = 0;
      const range = document.createRange();
      range.selectNodeContents(node);
      // Half of what a line is higher than its letters, and what is left to scripts that need more.
      for (const { left, right, top, bottom } of range.getClientRects()) {
        found.push({ left: left - 16, right: right + 16, top: top - 7, bottom: bottom + 7 });
      }
      // The first letter of a name on its square has all of it.
      const picture = node.parentElement?.closest('[data-hue][aria-hidden]');
      if (picture) found.push(picture.getBoundingClientRect());
      node.textContent = (node.textContent ?? '').replace(MARKS, '$1');
    }
    return found;
  });
  const without = await page.screenshot({ animations: 'disabled', caret: 'hide' });
  const scale = await page.evaluate(() => devicePixelRatio);
  const blank = await browser.newPage();
  try {
    return await blank.evaluate(
      async ({ images, lines, scale }) => {
        const [one, other] = await Promise.all(
          images.map(async (data) => {
            const bytes = Uint8Array.from(atob(data), (character) => character.charCodeAt(0));
            const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
            const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d');
            context?.drawImage(bitmap, 0, 0);
            return context?.getImageData(0, 0, bitmap.width, bitmap.height);
          }),
        );
        if (!one || !other) throw new Error('No picture.');
        const stray = new Set<string>();
        for (let index = 0; index < one.data.length; index += 4) {
          const isSame = [0, 1, 2].every(
            (channel) => Math.abs((one.data[index + channel] ?? 0) - (other.data[index + channel] ?? 0)) < 24,
          );
          if (isSame) continue;
          const x = ((index / 4) % one.width) / scale;
          const y = Math.floor(index / 4 / one.width) / scale;
          const isOwn = lines.some(
            ({ left, right, top, bottom }) => x >= left && x <= right && y >= top && y <= bottom,
          );
          if (!isOwn) stray.add(`${Math.round(x / 8) * 8},${Math.round(y / 8) * 8}`);
        }
        return [...stray];
      },
      { images: [withMarks.toString('base64'), without.toString('base64')], lines, scale },
    );
  } finally {
    await blank.close();
  }
}
