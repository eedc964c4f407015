// Values that can be watched, and events that can be listened to. Both fit a Svelte store's contract or need no framework.

/** A value over time: `subscribe` calls back at once and then on each change. A Svelte store by contract. */
export interface Readable<T> {
  get(): T;
  subscribe(listener: (value: T) => void): () => void;
}

/** A value that its owner may replace. Setting the same value again tells nobody. */
export class Value<T> implements Readable<T> {
  #value: T;
  readonly #listeners = new Set<(value: T) => void>();

  constructor(value: T) {
    this.#value = value;
  }

  get(): T {
    return this.#value;
  }

  set(value: T): void {
    if (Object.is(value, this.#value)) return;
    this.#value = value;
    for (const listener of [...this.#listeners]) {
      // One listener may have ended another's subscription, or set a newer value, which all have heard of by then.
      if (this.#listeners.has(listener) && Object.is(this.#value, value)) listener(value);
    }
  }

  subscribe(listener: (value: T) => void): () => void {
    // A wrapper, so that the same function subscribed twice is two subscriptions.
    const entry = (value: T): void => {
      listener(value);
    };
    this.#listeners.add(entry);
    listener(this.#value);
    return () => {
      this.#listeners.delete(entry);
    };
  }
}

/** Named events with typed payloads. A listener that throws does not keep the others from hearing. */
export class Emitter<Events extends object> {
  readonly #listeners = new Map<keyof Events, Set<(event: never) => void>>();

  on<Name extends keyof Events>(name: Name, listener: (event: Events[Name]) => void): () => void {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners);
    listeners.add(listener as (event: never) => void);
    return () => {
      listeners.delete(listener as (event: never) => void);
    };
  }

  emit<Name extends keyof Events>(name: Name, event: Events[Name]): void {
    for (const listener of [...(this.#listeners.get(name) ?? [])]) {
      try {
        (listener as (event: Events[Name]) => void)(event);
      } catch (error) {
        // Reported as an uncaught error, where the page's or the process's own handler sees it.
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }
}
