// Finding a room by a few letters of its name. Pure.

/** How well a name fits what was typed; null if not at all. Less is better. */
export function rank(name: string, typed: string): number | null {
  const wanted = fold(typed).replaceAll(/\s+/g, '');
  const letters = fold(name);
  if (wanted === '') return 0;
  const whole = letters.indexOf(fold(typed).trim());
  if (whole === 0) return 0;
  if (whole > 0) return startsWord(letters, whole) ? 1 : 2;
  return scattered(letters, wanted);
}

/** The letters in their order with others between: each gap costs. */
function scattered(letters: string, wanted: string): number | null {
  let cost = 3;
  let from = 0;
  for (const letter of wanted) {
    const index = letters.indexOf(letter, from);
    if (index === -1) return null;
    if (index > from && !startsWord(letters, index)) cost += 1;
    from = index + 1;
  }
  return cost;
}

function startsWord(letters: string, index: number): boolean {
  return index === 0 || /[\s\-_.]/.test(letters.charAt(index - 1));
}

function fold(text: string): string {
  return text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLocaleLowerCase();
}

/** Those that fit, the best first, in their former order where they fit alike. */
export function matching<Item>(
  items: readonly Item[],
  typed: string,
  nameOf: (item: Item) => string,
): Item[] {
  return items
    .map((item) => ({ item, cost: rank(nameOf(item), typed) }))
    .filter((entry): entry is { item: Item; cost: number } => entry.cost !== null)
    .sort((one, other) => one.cost - other.cost)
    .map(({ item }) => item);
}
