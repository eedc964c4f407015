// Measurements in a real browser, on the real server. They print figures and judge nothing: no part of the tests.

import { defineConfig } from '@playwright/test';
import tests from '../playwright.config.ts';

export default defineConfig({
  ...tests,
  testDir: '.',
  testMatch: '*.measure.ts',
  globalSetup: '../e2e/support/global-setup.ts',
  outputDir: '../test-results/measure',
  workers: 1,
  timeout: 600_000,
  projects: (tests.projects ?? []).filter(({ name }) => name === 'desktop'),
});
