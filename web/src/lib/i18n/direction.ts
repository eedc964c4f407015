// What people have written, inside a sentence of the client: its direction and its marks stay its own. Pure.
//
// An element that shows nothing but somebody's text has `dir="auto"` instead; base.css says the rest about those.

/** Letters that are written from right to left, and what changes directions by hand. */
const TURNS =
  /[\u0590-\u08ff\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;
/** Overrides and isolates that somebody wrote could end the isolate around them. */
const CONTROLS = /[\u202a-\u202e\u2066-\u2069]/gu;
/** No script stacks more accents on a letter than this in a name; more would be drawn over the lines around it. */
const STACKED = /(\p{Script=Inherited}{4})\p{Script=Inherited}+/gu;
/** Marks of a script's own are its vowels and tones as well, of which Burmese has six on a letter. */
const CROWDED = /(\p{M}{6})\p{M}+/gu;

/** The text without the marks that would be drawn over the lines around it. */
export function unstacked(text: string): string {
  return text.replace(STACKED, '$1').replace(CROWDED, '$1');
}

/** A text for the inside of a sentence: it turns no word or mark beside it, and stays within its line. */
export function isolated(text: string): string {
  const flat = unstacked(text);
  return TURNS.test(flat) ? `\u2068${flat.replace(CONTROLS, '')}\u2069` : flat;
}

/** The same catalogue, with every text that is put into one of its sentences isolated. */
export function isolating<Entry>(entry: Entry): Entry {
  if (typeof entry === 'function') {
    const sentence = entry as unknown as (...values: unknown[]) => string;
    const isolate = (value: unknown): unknown => (typeof value === 'string' ? isolated(value) : value);
    return ((...values: unknown[]) => sentence(...values.map(isolate))) as Entry;
  }
  if (typeof entry !== 'object' || entry === null) return entry;
  return Object.fromEntries(Object.entries(entry).map(([key, value]) => [key, isolating(value)])) as Entry;
}
