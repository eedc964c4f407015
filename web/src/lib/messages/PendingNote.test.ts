import type { PendingMessage } from '@parlor/client';
import { render, screen } from '@testing-library/svelte';
import { expect, it } from 'vitest';
import { t } from '../i18n/index.ts';
import PendingNote from './PendingNote.svelte';
import { previewActions } from './preview-actions.ts';
import type { Parlor } from '../state/parlor.svelte.ts';

function told(code: string, message: string): string {
  const pending: PendingMessage = {
    nonce: 'n',
    room: 'rm_1',
    body: 'x',
    createdAt: 0,
    state: 'failed',
    error: { code, message },
  };
  const { unmount } = render(PendingNote, { pending, actions: previewActions({} as Parlor) });
  const text = screen.getByRole('alert').querySelector('p')?.textContent ?? '';
  unmount();
  return text;
}

it('tells of a mute what stays true when it is over', () => {
  const text = told('muted', 'You are muted in this room for another 10 min.');
  expect(text).toContain(t.errors.muted);
  expect(text).not.toMatch(/another|\d/);
});

it('tells the server’s words where they say more', () => {
  expect(told('forbidden', 'Not now.')).toContain('Not now.');
  expect(told('body_too_long', 'At most 16384 bytes fit.')).toContain(t.errors.body_too_long);
});
