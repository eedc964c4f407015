import { expect, it } from 'vitest';
import { Drafts } from './drafts.svelte.ts';

it('keeps a text a room over a reload, apart for each person', () => {
  const drafts = new Drafts('usr_1');
  drafts.keep('rm_1', 'dear all');
  drafts.keep('rm_2', 'p.s.');
  drafts.store();
  expect(new Drafts('usr_1').of('rm_1')).toBe('dear all');
  expect(new Drafts('usr_1').of('rm_2')).toBe('p.s.');
  expect(new Drafts('usr_2').of('rm_1')).toBe('');
});

it('forgets what was sent', () => {
  const drafts = new Drafts('usr_1');
  drafts.keep('rm_1', 'dear all');
  expect(drafts.has('rm_1')).toBe(true);
  drafts.keep('rm_1', '');
  drafts.store();
  expect(new Drafts('usr_1').has('rm_1')).toBe(false);
});

it('starts empty where the storage holds something else', () => {
  localStorage.setItem('parlor.drafts.usr_1', '{"rm_1":7}');
  expect(new Drafts('usr_1').of('rm_1')).toBe('');
});
