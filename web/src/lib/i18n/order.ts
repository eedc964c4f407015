// In which order names stand: as the reader's own language has it, with numbers by their value. Pure.

/** Small differences are for names that are equal without them. */
const plain = new Intl.Collator(undefined, { sensitivity: 'base', numeric: true });
const exact = new Intl.Collator(undefined, { sensitivity: 'variant', numeric: true });

/** For `sort`: without case and accents first, so that "Émile" is found beside "emily", and "Room 2" before "Room 10". */
export function byName(one: string, other: string): number {
  return plain.compare(one, other) || exact.compare(one, other);
}
