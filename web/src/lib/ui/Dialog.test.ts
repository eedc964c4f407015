import { fireEvent, render, screen } from '@testing-library/svelte';
import { expect, it, vi } from 'vitest';
import Dialog from './Dialog.svelte';

it('tells once that it is closed, and nobody who has taken it away', async () => {
  const onclose = vi.fn();
  const { unmount } = render(Dialog, { title: 'Tea', onclose });
  const dialog = screen.getByRole<HTMLDialogElement>('dialog', { name: 'Tea' });
  await fireEvent(dialog, new Event('close'));
  expect(onclose).toHaveBeenCalledOnce();
  unmount();
  // Browsers tell of it later, when the component is gone and so is what it would read.
  dialog.dispatchEvent(new Event('close'));
  expect(onclose).toHaveBeenCalledOnce();
});
