// The words of the client in the language that is shown. Components take every text from here.

import { serverTime } from '../state/server-time.svelte.ts';
import { dates, listTimes } from './dates.ts';
import { isolating } from './direction.ts';
import { en } from './en.ts';
import { today } from './today.svelte.ts';

/** An entry of a catalogue in any language: a text, a function that makes one, or more entries. */
export type Widened<Entry> = Entry extends string
  ? string
  : Entry extends (...values: infer Values) => string
    ? (...values: Values) => string
    : { readonly [Key in keyof Entry]: Widened<Entry[Key]> };

/** What every language has to bring: the same entries, each a text or a function that makes one. */
export type Catalogue = Widened<typeof en>;

/** The reader's own kind of the language, which decides how dates are written. */
export const language = navigator.languages.find((tag) => /^en\b/.test(tag)) ?? 'en-GB';
export const t: Catalogue = isolating<Catalogue>(en);

type Dates = ReturnType<typeof dates> & { readonly listTime: ReturnType<typeof listTimes> };
let formats: { readonly zone: string; readonly dates: Dates } | undefined;

/** The formatters of the zone that one is in: they keep the one in which they were made. */
function here(): Dates {
  const { zone } = today;
  if (formats?.zone !== zone)
    formats = { zone, dates: { ...dates(language), listTime: listTimes(language) } };
  return formats.dates;
}

// What reads these in a component is written anew when the day or the zone changes.
export const clock: Dates['clock'] = (when) => here().clock(when);
export const dayName: Dates['dayName'] = (when, now = today.day) => here().dayName(when, now);
export const moment: Dates['moment'] = (when, now = today.day) => here().moment(when, now);
export const listTime: Dates['listTime'] = (when, now = today.day) => here().listTime(when, now);
export const fullMoment: Dates['fullMoment'] = (when) => here().fullMoment(when);
export const dateOnly: Dates['dateOnly'] = (when) => here().dateOnly(when);
// These are written anew every minute.
export const { since, until, seconds } = dates(language, () => serverTime.present);
