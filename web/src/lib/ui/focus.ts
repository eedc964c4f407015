// Where the focus goes. Functions for `{@attach}`.

/** Gives an element the focus when it appears. Fields on touch screens stay as they are: the keyboard would jump up. */
export function focusFirst(element: HTMLElement): void {
  const isField = element.matches('input, textarea, select');
  if (isField && matchMedia('(pointer: coarse)').matches) return;
  element.focus({ preventScroll: true });
}

/** Gives the first field of a form the focus when it appears. */
export function focusField(form: HTMLElement): void {
  const field = form.querySelector<HTMLElement>('input:not([type=hidden]):not([readonly]), textarea');
  if (field) focusFirst(field);
}
