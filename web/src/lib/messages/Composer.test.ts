import { fireEvent, render, screen } from '@testing-library/svelte';
import { beforeEach, expect, it, vi } from 'vitest';
import { later } from '../i18n/later.ts';
import Composer from './Composer.svelte';

const props = {
  name: 'Salon',
  text: '',
  replyingTo: null,
  maxBytes: 10,
  send: vi.fn(),
  stopReplying: vi.fn(),
  editLast: vi.fn(),
  replyLast: vi.fn(),
};
const field = () => screen.getByRole<HTMLTextAreaElement>('textbox', { name: later.composer.label('Salon') });

beforeEach(() => vi.clearAllMocks());

it('sends what was typed with Enter', async () => {
  render(Composer, props);
  await fireEvent.input(field(), { target: { value: 'hello' } });
  await fireEvent.keyDown(field(), { key: 'Enter' });
  expect(props.send).toHaveBeenCalledExactlyOnceWith('hello');
});

it('sends nothing that is empty', async () => {
  render(Composer, { ...props, text: '  \n' });
  await fireEvent.keyDown(field(), { key: 'Enter' });
  expect(props.send).not.toHaveBeenCalled();
  expect(screen.getByRole<HTMLButtonElement>('button', { name: later.composer.send }).disabled).toBe(true);
});

it('says how much too long a text is, and does not send it', async () => {
  render(Composer, { ...props, text: 'twelve bytes' });
  expect(screen.getByText(later.composer.tooLong(2))).toBeTruthy();
  await fireEvent.keyDown(field(), { key: 'Enter' });
  expect(props.send).not.toHaveBeenCalled();
});

it('names whom one answers, and stops on request', async () => {
  render(Composer, { ...props, replyingTo: { author: 'Bo', text: 'a question' } });
  expect(screen.getByText(later.composer.replyingTo('Bo'))).toBeTruthy();
  await fireEvent.click(screen.getByRole('button', { name: later.composer.stopReplying }));
  expect(props.stopReplying).toHaveBeenCalledOnce();
});

it('edits the last message with the arrow up', async () => {
  render(Composer, props);
  await fireEvent.keyDown(field(), { key: 'ArrowUp' });
  expect(props.editLast).toHaveBeenCalledOnce();
});
