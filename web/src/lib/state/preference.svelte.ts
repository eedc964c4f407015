// A choice about how the client looks, as an attribute of the page that the styles read. `public/theme.js` sets the same
// attributes from the same keys before the first paint.

export type ThemeChoice = 'system' | 'light' | 'dark';
/** How much of a conversation fits on the screen. */
export type DensityChoice = 'compact' | 'normal' | 'large';

export class Preference<Value extends string> {
  readonly #name: string;
  readonly #values: readonly [Value, ...Value[]];
  #choice: Value;

  /** The first of the values is what holds without a choice: then the page has no attribute. */
  constructor(name: string, values: readonly [Value, ...Value[]]) {
    this.#name = name;
    this.#values = values;
    this.#choice = $state(this.#stored());
  }

  get choice(): Value {
    return this.#choice;
  }

  set choice(choice: Value) {
    this.#choice = choice;
    const page = document.documentElement;
    const isUsual = choice === this.#values[0];
    if (isUsual) page.removeAttribute(`data-${this.#name}`);
    else page.setAttribute(`data-${this.#name}`, choice);
    try {
      if (isUsual) localStorage.removeItem(this.#key);
      else localStorage.setItem(this.#key, choice);
    } catch {
      // It holds until the page is closed.
    }
  }

  get #key(): string {
    return `parlor.${this.#name}`;
  }

  #stored(): Value {
    try {
      const value = localStorage.getItem(this.#key);
      return this.#values.find((one) => one === value) ?? this.#values[0];
    } catch {
      return this.#values[0];
    }
  }
}
