// A component whose code is loaded when it is needed, and not with the first screen. No DOM.

import type { Component } from 'svelte';
import { reloadIfUpdated } from './updates.ts';

/** What any component takes. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- Svelte's own bound for the properties of a component
export type AnyProps = Record<string, any>;

export class Chunk<Props extends AnyProps> {
  readonly #import: () => Promise<Component<Props>>;
  #component = $state.raw<Component<Props> | null>(null);
  #hasFailed = $state(false);
  #pending: Promise<void> | null = null;

  constructor(load: () => Promise<Component<Props>>) {
    this.#import = load;
  }

  /** Null until it is there. */
  get component(): Component<Props> | null {
    return this.#component;
  }

  /** True if somebody waits for it and it did not come. */
  get hasFailed(): boolean {
    return this.#hasFailed;
  }

  /** Loads it for somebody who waits. After a failure it tries again. */
  async load(): Promise<void> {
    this.#hasFailed = false;
    try {
      await this.#fetch();
    } catch {
      // A server that was updated has other files: the new page has them.
      this.#hasFailed = !(await reloadIfUpdated());
    }
  }

  /** Loads it before anybody asks for it. That it failed is of no interest: whoever needs it tries again. */
  async prefetch(): Promise<void> {
    await this.#fetch().catch(() => undefined);
  }

  async #fetch(): Promise<void> {
    if (this.#component) return;
    this.#pending ??= this.#import()
      .then((component) => {
        this.#component = component;
      })
      .finally(() => {
        this.#pending = null;
      });
    await this.#pending;
  }
}

/** Loads them one after another while the browser has nothing else to do, until the returned function is called. */
export function prefetchWhenIdle(chunks: readonly Pick<Chunk<AnyProps>, 'prefetch'>[]): () => void {
  // Whoever counts their bytes gets what they ask for, and nothing else.
  if (savesData()) return () => undefined;
  let isStopped = false;
  const rest = [...chunks];
  const next = async (): Promise<void> => {
    const chunk = rest.shift();
    if (isStopped || !chunk) return;
    await chunk.prefetch();
    whenIdle(() => void next());
  };
  whenIdle(() => void next());
  return () => {
    isStopped = true;
  };
}

/** How long to wait at most for the browser to be idle, in milliseconds; where it can't say, how long to wait. */
const PATIENCE = 2000;
const PAUSE = 200;

function whenIdle(work: () => void): void {
  // Safari has no idle callbacks.
  if ('requestIdleCallback' in globalThis) requestIdleCallback(work, { timeout: PATIENCE });
  else setTimeout(work, PAUSE);
}

function savesData(): boolean {
  return (navigator as { connection?: { saveData?: boolean } }).connection?.saveData === true;
}
