import { fireEvent, render, screen } from '@testing-library/svelte';
import { flushSync } from 'svelte';
import { expect, it, vi } from 'vitest';
import AccountForm from '../accounts/AccountForm.svelte';
import { t } from '../i18n/index.ts';
import { later } from '../i18n/later.ts';

const field = (name: string) => screen.getByLabelText<HTMLInputElement>(new RegExp(`^${name}`));
const noteOf = (input: HTMLInputElement) =>
  document.getElementById(input.getAttribute('aria-describedby') ?? '')?.textContent;

async function submit(): Promise<void> {
  await fireEvent.submit(document.querySelector('form') as HTMLFormElement);
  flushSync();
}

it('says at each field what is wrong, and begins with the first', async () => {
  const made = vi.fn(async () => undefined);
  render(AccountForm, { action: 'Go', submit: made });
  const [username, password] = [field(t.account.username), field(t.account.password)];
  expect(document.querySelector('form')?.noValidate).toBe(true);
  expect(username.getAttribute('aria-invalid')).toBeNull();
  await submit();
  expect(made).not.toHaveBeenCalled();
  expect(document.activeElement).toBe(username);
  expect([username, password].map((one) => one.getAttribute('aria-invalid'))).toEqual(['true', 'true']);
  expect(noteOf(username)).toBe(later.form.missing);

  await fireEvent.input(username, { target: { value: 'ada' } });
  await fireEvent.input(password, { target: { value: 'short' } });
  expect(username.getAttribute('aria-invalid')).toBeNull();
  await submit();
  expect(document.activeElement).toBe(password);
  expect(noteOf(password)).toBe(later.form.tooShort(8));
  expect(made).not.toHaveBeenCalled();

  await fireEvent.input(password, { target: { value: 'long enough' } });
  await submit();
  expect(made).toHaveBeenCalledExactlyOnceWith('ada', 'long enough', undefined);
});
