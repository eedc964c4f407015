// What screens and components share, handed down by the root.

import { createContext } from 'svelte';
import type { Parlor } from './parlor.svelte.ts';
import type { Router } from './router.svelte.ts';

export const [useParlor, provideParlor] = createContext<Parlor>();
export const [useRouter, provideRouter] = createContext<Router>();

/** How what lies over the page is told to the history. Without a router around, as alone in a test, there is no way back. */
export function useCover(): Router['cover'] {
  try {
    const router = useRouter();
    return (close) => router.cover(close);
  } catch {
    return () => () => undefined;
  }
}
