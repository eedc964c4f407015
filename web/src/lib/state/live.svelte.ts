// A bridge from the client's observable values to runes.

import type { Readable } from '@parlor/client';
import { createSubscriber } from 'svelte/reactivity';

/** A value that re-runs what has read it. Outside effects it is read as it is. */
export class Live<Value> {
  readonly #source: Readable<Value>;
  readonly #watch: () => void;

  constructor(source: Readable<Value>) {
    this.#source = source;
    this.#watch = createSubscriber((update) => {
      let isFirst = true;
      const stop = source.subscribe(() => {
        if (!isFirst) update();
      });
      isFirst = false;
      return stop;
    });
  }

  get current(): Value {
    this.#watch();
    return this.#source.get();
  }
}
