// Browser tests: the real server, the built client, real Chromium. Each spec file has a server of its own.

import { existsSync } from 'node:fs';
import { defineConfig, devices } from '@playwright/test';

const { CHROMIUM, PARLOR_E2E_OUTPUT, PARLOR_E2E_TRACE, PARLOR_E2E_WORKERS } = process.env;

/** Chromium, at best without the windows and menus that nobody sees: so it needs less than half the time. */
const INSTALLED = ['/usr/bin/chromium-headless-shell', '/usr/bin/chromium'];

/** Never a downloaded browser: the one that is installed. */
const launchOptions = {
  executablePath: CHROMIUM ?? INSTALLED.find((path) => existsSync(path)) ?? 'chromium',
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
};

export default defineConfig({
  testDir: './e2e',
  // Of its own for each of two runs at the same time.
  outputDir: PARLOR_E2E_OUTPUT ?? './test-results',
  globalSetup: './e2e/support/global-setup.ts',
  workers: PARLOR_E2E_WORKERS ? Number(PARLOR_E2E_WORKERS) : 2,
  // A test that passes only now and then has failed.
  retries: 0,
  forbidOnly: true,
  timeout: 45_000,
  expect: { timeout: 10_000 },
  reporter: [['list']],
  use: {
    launchOptions,
    locale: 'en-GB',
    timezoneId: 'UTC',
    actionTimeout: 10_000,
    // Recording everything takes as much time as the tests themselves.
    trace: PARLOR_E2E_TRACE ? 'retain-on-failure' : 'off',
    screenshot: 'only-on-failure',
  },
  projects: [
    {
      name: 'desktop',
      testIgnore: /\.phone\.spec\.ts$/,
      use: { ...devices['Desktop Chrome'], viewport: { width: 1280, height: 800 }, launchOptions },
    },
    {
      name: 'phone',
      testMatch: /\.(phone|everywhere)\.spec\.ts$/,
      use: { ...devices['Pixel 7'], viewport: { width: 390, height: 844 }, launchOptions },
    },
  ],
});
