// The parts of the client as people find them: by role and by name. The words are those of the client itself.

import { expect, type Locator, type Page } from '@playwright/test';
import { isolating } from '../../src/lib/i18n/direction.ts';
import { enLater } from '../../src/lib/i18n/en-later.ts';
import { en } from '../../src/lib/i18n/en.ts';
import { PASSWORD } from './house.ts';

export const t = isolating({ ...en, ...enLater });

export const composer = (page: Page, room: string): Locator =>
  page.getByRole('textbox', { name: t.composer.label(room), exact: true });

export const feed = (page: Page, room: string): Locator =>
  page.getByRole('feed', { name: t.timeline.label(room), exact: true });

/** The rows with that text. */
export const row = (page: Page, text: string | RegExp): Locator =>
  page.getByRole('article').filter({ hasText: text });

/** The rows of an author with that text. A row that continues another shows no name, but has it for those who listen. */
export const rowBy = (page: Page, author: string, text: string | RegExp): Locator =>
  page.getByRole('article', { name: new RegExp(`^${author}, `) }).filter({ hasText: text });

export const roomLink = (page: Page, room: string): Locator =>
  page
    .getByRole('navigation', { name: t.rooms.navigation })
    .getByRole('link', { name: new RegExp(`^${room}\\b`) });

export const heading = (page: Page, name: string): Locator => page.getByRole('heading', { level: 1, name });

/** Says something, as one does: words, then Enter; or, on a touch screen, the button. */
export async function say(page: Page, room: string, text: string): Promise<void> {
  await composer(page, room).fill(text);
  if (await page.evaluate(() => matchMedia('(pointer: coarse)').matches)) {
    await page.getByRole('button', { name: t.composer.send }).tap();
  } else {
    await composer(page, room).press('Enter');
  }
}

/** The texts of all rows, from top to bottom. */
export async function bodies(page: Page): Promise<string[]> {
  return page
    .getByRole('article')
    .evaluateAll((rows) => rows.map((row) => (row.querySelector('.body') ?? row).textContent.trim()));
}

/** Waits until the room is open and can be written in. */
export async function arrived(page: Page, room: string): Promise<void> {
  await expect(heading(page, room)).toBeVisible();
  await expect(composer(page, room)).toBeVisible();
}

export async function signInByForm(page: Page, username: string, password = PASSWORD): Promise<void> {
  await page.getByLabel(t.account.username, { exact: true }).fill(username);
  await page.getByLabel(t.account.password, { exact: true }).fill(password);
  await page.getByRole('button', { name: t.signIn.action, exact: true }).click();
}

/** Opens the settings of the signed-in person. */
export async function openSettings(page: Page): Promise<void> {
  await page.getByRole('link', { name: new RegExp(`${t.settings.title}$`) }).click();
  await expect(heading(page, t.settings.title)).toBeVisible();
}
