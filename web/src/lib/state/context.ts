// What screens and components share, handed down by the root.

import { createContext } from 'svelte';
import type { Parlor } from './parlor.svelte.ts';
import type { Router } from './router.svelte.ts';

export const [useParlor, provideParlor] = createContext<Parlor>();
export const [useRouter, provideRouter] = createContext<Router>();
