// The words of the client in the language that is shown. Components take every text from here.

import { dates } from './dates.ts';
import { isolating } from './direction.ts';
import { en } from './en.ts';

type Widened<Entry> = Entry extends string
  ? string
  : Entry extends (...values: infer Values) => string
    ? (...values: Values) => string
    : { readonly [Key in keyof Entry]: Widened<Entry[Key]> };

/** What every language has to bring: the same entries, each a text or a function that makes one. */
export type Catalogue = Widened<typeof en>;

/** The reader's own kind of the language, which decides how dates are written. */
export const language = navigator.languages.find((tag) => /^en\b/.test(tag)) ?? 'en-GB';
export const t: Catalogue = isolating<Catalogue>(en);
export const { clock, dayName, moment, fullMoment, dateOnly, since, until, seconds } = dates(language);
