// What is wrong with the value of a field, in words. The server decides; this only spares the way there.

import { later } from '../i18n/later.ts';

export interface Rules {
  readonly required?: boolean | null | undefined;
  /** In characters, as the server counts them. */
  readonly minlength?: number | null | undefined;
  readonly maxlength?: number | null | undefined;
  /** True where blanks at the ends count, and blanks alone are something. */
  readonly isSecret?: boolean;
}

/** A sentence, or null if the value is as it has to be. */
export function problemOf(value: string, rules: Rules): string | null {
  const text = rules.isSecret ? value : value.trim();
  if (text === '') return rules.required ? later.form.missing : null;
  // The server counts code points of the composed form: a browser's own `maxlength` counts an emoji twice.
  const length = [...text.normalize('NFC')].length;
  if (length < (rules.minlength ?? 0)) return later.form.tooShort(rules.minlength ?? 0);
  if (length > (rules.maxlength ?? Infinity)) return later.form.tooLong(length - (rules.maxlength ?? 0));
  return null;
}

type Control = HTMLElement & { readonly validity: ValidityState };

/** The first field of a form whose value is not as it has to be. */
export function firstWrong(form: HTMLFormElement): HTMLElement | null {
  const controls = [...form.elements].filter((element): element is Control => 'validity' in element);
  return controls.find(({ validity }) => !validity.valid) ?? null;
}
