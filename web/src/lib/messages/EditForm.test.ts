import { fireEvent, render, screen } from '@testing-library/svelte';
import { beforeEach, expect, it, vi } from 'vitest';
import { message } from '../../../tests/samples.ts';
import { later } from '../i18n/later.ts';
import { Edits } from '../state/edits.svelte.ts';
import EditForm from './EditForm.svelte';
import { previewActions } from './preview-actions.ts';
import type { Parlor } from '../state/parlor.svelte.ts';

let edits: Edits;
const save = vi.fn(async () => undefined);
const field = () => screen.getByRole<HTMLTextAreaElement>('textbox', { name: later.message.editLabel });

function open(body: string, maxBytes = Infinity) {
  const edited = message(4, { body });
  edits.begin('rm_1', edited);
  const actions = {
    ...previewActions({} as Parlor),
    maxBytes,
    edited: () => edits.of('msg_4'),
    keepEdit: (_message: unknown, text: string) => {
      edits.keep('msg_4', text);
    },
    save,
    stopEditing: () => {
      edits.end('msg_4');
    },
  };
  return render(EditForm, { message: edited, actions });
}

beforeEach(() => {
  localStorage.clear();
  edits = new Edits('usr_1');
  save.mockClear();
});

it('saves what was typed as it was typed', async () => {
  open('code');
  await fireEvent.input(field(), { target: { value: '    code\n' } });
  await fireEvent.keyDown(field(), { key: 'Enter' });
  expect(save).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ id: 'msg_4' }), '    code\n');
});

it('saves nothing that is blank, and nothing that was not changed', async () => {
  open('    code');
  await fireEvent.input(field(), { target: { value: '  ' } });
  await fireEvent.keyDown(field(), { key: 'Enter' });
  await fireEvent.input(field(), { target: { value: '    code' } });
  await fireEvent.keyDown(field(), { key: 'Enter' });
  expect(save).not.toHaveBeenCalled();
  expect(edits.of('msg_4')).toBeNull();
});

it('goes on with what was begun', async () => {
  open('code');
  edits.keep('msg_4', 'half');
  await vi.waitFor(() => {
    expect(field().value).toBe('half');
  });
});

it('says how much too long a text is, and does not save it', async () => {
  open('語語', 6);
  await fireEvent.input(field(), { target: { value: '語語語' } });
  expect(screen.getByText(later.composer.tooLong(1))).toBeTruthy();
  expect(field().getAttribute('aria-invalid')).toBe('true');
  await fireEvent.keyDown(field(), { key: 'Enter' });
  expect(save).not.toHaveBeenCalled();
  await fireEvent.input(field(), { target: { value: '語本' } });
  await fireEvent.keyDown(field(), { key: 'Enter' });
  expect(save).toHaveBeenCalledOnce();
});

it('shows what the message was changed to elsewhere', async () => {
  const { rerender } = open('one');
  await fireEvent.input(field(), { target: { value: 'two' } });
  await rerender({ message: message(4, { body: 'two' }) });
  expect(screen.queryByText(later.message.editSuperseded)).toBeNull();
  await rerender({ message: message(4, { body: 'three' }) });
  expect(screen.getByRole('status').textContent).toContain('three');
  expect(field().value).toBe('two');
});
