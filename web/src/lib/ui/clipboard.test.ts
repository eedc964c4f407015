import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { copyText } from './clipboard.ts';

/** What the older way would copy: the selected part of the field that has the focus. */
let copied: string | null;
const older = vi.fn(() => {
  const field = document.activeElement;
  if (!(field instanceof HTMLTextAreaElement)) return false;
  copied = field.value.slice(field.selectionStart, field.selectionEnd);
  return true;
});

function clipboard(value: Partial<Clipboard> | undefined): void {
  Object.defineProperty(navigator, 'clipboard', { value, configurable: true });
}

beforeEach(() => {
  copied = null;
  older.mockClear();
  Object.defineProperty(document, 'execCommand', { value: older, configurable: true });
});
afterEach(() => {
  Reflect.deleteProperty(navigator, 'clipboard');
  Reflect.deleteProperty(document, 'execCommand');
  document.body.replaceChildren();
});

describe('copying', () => {
  it('takes the clipboard of the browser where there is one', async () => {
    const writeText = vi.fn(async () => undefined);
    clipboard({ writeText });
    expect(await copyText('a')).toBe(true);
    expect(writeText).toHaveBeenCalledExactlyOnceWith('a');
    expect(older).not.toHaveBeenCalled();
  });

  it('goes by a selected field on plain http, and puts the focus back', async () => {
    clipboard(undefined);
    const button = document.createElement('button');
    document.body.append(button);
    button.focus();
    expect(await copyText('two\nlines 👩‍🚀')).toBe(true);
    expect(copied).toBe('two\nlines 👩‍🚀');
    expect(document.activeElement).toBe(button);
    expect(document.querySelector('textarea')).toBeNull();
  });

  it('does so too where the browser refuses', async () => {
    clipboard({ writeText: () => Promise.reject(new DOMException('no', 'NotAllowedError')) });
    expect(await copyText('b')).toBe(true);
    expect(copied).toBe('b');
  });

  it('puts the field into the open dialog, outside of which nothing can be focused', async () => {
    clipboard(undefined);
    const dialog = document.createElement('dialog');
    dialog.setAttribute('open', '');
    document.body.append(dialog);
    let parent: Element | null = null;
    older.mockImplementationOnce(() => {
      parent = document.activeElement?.parentElement ?? null;
      return true;
    });
    await copyText('c');
    expect(parent).toBe(dialog);
  });

  it('says when nothing was copied', async () => {
    clipboard(undefined);
    older.mockImplementationOnce(() => false);
    expect(await copyText('d')).toBe(false);
    older.mockImplementationOnce(() => {
      throw new Error('not here');
    });
    expect(await copyText('d')).toBe(false);
  });
});
