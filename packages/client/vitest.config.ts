import { defineConfig } from 'vitest/config';

export default defineConfig({
  // Nothing here is kept between tests, so the files can share a process.
  test: { include: ['tests/**/*.test.ts'], environment: 'node', isolate: false },
});
