// What happy-dom lacks and the components use.

import { cleanup } from '@testing-library/svelte';
import { afterEach } from 'vitest';

globalThis.ResizeObserver ??= class {
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
};

afterEach(() => {
  cleanup();
  localStorage.clear();
});
