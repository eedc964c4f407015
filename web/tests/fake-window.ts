// A window with an address and a history, as a browser keeps them: going through it takes a moment.

interface Entry {
  path: string;
  state: unknown;
}

export class FakeWindow {
  readonly entries: Entry[] = [{ path: '/', state: null }];
  index = 0;
  readonly document = new EventTarget();
  readonly #events = new EventTarget();
  readonly history: Pick<History, 'pushState' | 'replaceState' | 'go' | 'back' | 'forward'> & {
    state: unknown;
  };

  constructor(path = '/', state: unknown = null) {
    this.entries[0] = { path, state };
    const at = (): Entry => this.entries[this.index] ?? { path: '/', state: null };
    const pathOf = (path: string | URL | null | undefined): string => (path ? String(path) : at().path);
    const go = (delta = 0): void => {
      setTimeout(() => {
        const next = this.index + delta;
        if (next < 0 || next >= this.entries.length) return;
        this.index = next;
        this.#events.dispatchEvent(new Event('popstate'));
      }, 5);
    };
    this.history = {
      get state(): unknown {
        return at().state;
      },
      pushState: (state, _title, path) => {
        this.entries.splice(this.index + 1, Infinity, { path: pathOf(path), state });
        this.index += 1;
      },
      replaceState: (state, _title, path) => {
        this.entries[this.index] = { path: pathOf(path), state };
      },
      go,
      back: () => {
        go(-1);
      },
      forward: () => {
        go(1);
      },
    };
  }

  get location(): URL {
    return new URL(this.entries[this.index]?.path ?? '/', 'https://chat.example');
  }

  addEventListener = this.#events.addEventListener.bind(this.#events);
  removeEventListener = this.#events.removeEventListener.bind(this.#events);

  /** The addresses of all entries; the present one is marked. */
  get trail(): string {
    return this.entries.map(({ path }, index) => (index === this.index ? `[${path}]` : path)).join(' ');
  }
}
