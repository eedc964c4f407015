import { afterEach, describe, expect, it, vi } from 'vitest';
import { message } from '../../../tests/samples.ts';
import { Drafts } from './drafts.svelte.ts';
import { Edits } from './edits.svelte.ts';

const KEY = 'parlor.draft.usr_1.rm_1';

/** The browser tells the other tabs that a key has changed. */
function tell(key: string): StorageEvent {
  return new StorageEvent('storage', {
    key,
    newValue: localStorage.getItem(key),
    storageArea: localStorage,
  });
}

/** A browser whose lasting storage holds no more, and perhaps the tab's own neither. */
function fill(isTabFullToo = false): () => void {
  const room = new Proxy(localStorage, {
    get: (target, name) => {
      if (name === 'setItem') {
        return () => {
          throw new DOMException('full', 'QuotaExceededError');
        };
      }
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
  vi.stubGlobal('localStorage', room);
  if (isTabFullToo) vi.stubGlobal('sessionStorage', room);
  return () => {
    vi.unstubAllGlobals();
  };
}

afterEach(() => {
  vi.unstubAllGlobals();
  sessionStorage.clear();
});

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
  drafts.sent('rm_1');
  expect(new Drafts('usr_1').has('rm_1')).toBe(false);
});

it('starts empty where the storage holds something else', () => {
  for (const rubbish of ['{"text":7}', '7', 'null', '{', '{"text":"a","reply":{"id":1}}']) {
    localStorage.setItem(KEY, rubbish);
    expect(new Drafts('usr_1').of('rm_1'), rubbish).toBe('');
  }
});

it('takes over what an earlier version kept', () => {
  localStorage.setItem('parlor.drafts.usr_1', '{"rm_1":"from before","rm_2":"and this"}');
  expect(new Drafts('usr_1').of('rm_1')).toBe('from before');
  expect(localStorage.getItem('parlor.drafts.usr_1')).toBeNull();
  expect(new Drafts('usr_1').of('rm_2')).toBe('and this');
});

describe('in two tabs', () => {
  it.each([
    ['the one that writes is closed first', [0, 1]],
    ['the other one is closed first', [1, 0]],
  ] as const)('a draft outlives both: %s', (_name, order) => {
    const tabs = [new Drafts('usr_1'), new Drafts('usr_1')];
    tabs[0]?.keep('rm_1', 'half a thought');
    for (const index of order) tabs[index]?.store();
    expect(new Drafts('usr_1').of('rm_1')).toBe('half a thought');
  });

  it('a draft of each survives, in whatever room', () => {
    const [one, other] = [new Drafts('usr_1'), new Drafts('usr_1')];
    one.keep('rm_1', 'from one');
    other.keep('rm_2', 'from the other');
    other.store();
    one.store();
    const next = new Drafts('usr_1');
    expect([next.of('rm_1'), next.of('rm_2')]).toEqual(['from one', 'from the other']);
  });

  it('each shows what the other has written, answered and sent', () => {
    const [one, other] = [new Drafts('usr_1'), new Drafts('usr_1')];
    one.keep('rm_1', 'half a thought');
    one.answer('rm_1', message(4));
    one.store();
    other.heard(tell(KEY));
    expect([other.of('rm_1'), other.answered('rm_1')?.id]).toEqual(['half a thought', 'msg_4']);
    one.sent('rm_1');
    other.heard(tell(KEY));
    expect([other.of('rm_1'), other.answered('rm_1')]).toEqual(['', null]);
  });

  it('what is being typed here is not overwritten from there', () => {
    const [one, other] = [new Drafts('usr_1'), new Drafts('usr_1')];
    one.keep('rm_1', 'from one');
    one.store();
    other.keep('rm_1', 'from the other');
    other.heard(tell(KEY));
    expect(other.of('rm_1')).toBe('from the other');
  });

  it('one that was asleep reads anew what changed', () => {
    const [one, other] = [new Drafts('usr_1'), new Drafts('usr_1')];
    other.keep('rm_2', 'mine');
    one.keep('rm_1', 'meanwhile');
    one.store();
    other.refresh();
    expect([other.of('rm_1'), other.of('rm_2')]).toEqual(['meanwhile', 'mine']);
  });
});

describe('what a draft answers', () => {
  it('stays with it over a reload, and goes with it', () => {
    const drafts = new Drafts('usr_1');
    drafts.answer('rm_1', message(4, { body: 'x'.repeat(5000) }));
    drafts.keep('rm_1', 'yes');
    drafts.store();
    const next = new Drafts('usr_1');
    expect(next.answered('rm_1')).toMatchObject({ id: 'msg_4', seq: 4, author: 'usr_ada' });
    expect(next.of('rm_1')).toBe('yes');
    expect(next.answered('rm_2')).toBeNull();
    next.answer('rm_1', null);
    expect([next.of('rm_1'), next.answered('rm_1')]).toEqual(['yes', null]);
    next.answer('rm_1', message(4));
    next.sent('rm_1');
    expect(new Drafts('usr_1').answered('rm_1')).toBeNull();
  });

  it('is not lost when the text is emptied', () => {
    const drafts = new Drafts('usr_1');
    drafts.answer('rm_1', message(4));
    drafts.keep('rm_1', 'a');
    drafts.keep('rm_1', '');
    expect(drafts.answered('rm_1')?.id).toBe('msg_4');
    expect(drafts.has('rm_1')).toBe(false);
  });
});

describe('a browser that has no more room', () => {
  it('keeps the text for the tab, says so, and keeps it for good once there is room', () => {
    const empty = fill();
    const drafts = new Drafts('usr_1');
    drafts.keep('rm_1', 'a long letter');
    drafts.store();
    expect(drafts.isLasting('rm_1')).toBe(false);
    const next = new Drafts('usr_1');
    expect([next.of('rm_1'), next.isLasting('rm_1')]).toEqual(['a long letter', false]);
    empty();
    next.keep('rm_1', 'a long letter, and its end');
    next.store();
    expect(next.isLasting('rm_1')).toBe(true);
    expect(sessionStorage.length).toBe(0);
    expect(new Drafts('usr_1').of('rm_1')).toBe('a long letter, and its end');
  });

  it('keeps it in memory where the tab has no room either, and tries again', () => {
    const empty = fill(true);
    const drafts = new Drafts('usr_1');
    drafts.keep('rm_1', 'a long letter');
    drafts.store();
    expect([drafts.of('rm_1'), drafts.isLasting('rm_1')]).toEqual(['a long letter', false]);
    empty();
    drafts.store();
    expect(drafts.isLasting('rm_1')).toBe(true);
    expect(new Drafts('usr_1').of('rm_1')).toBe('a long letter');
  });
});

describe('messages that are being edited', () => {
  it('are so again after a reload, with what was typed as it was typed', () => {
    const edits = new Edits('usr_1');
    edits.begin('rm_1', message(4));
    edits.begin('rm_2', message(5));
    edits.keep('msg_4', '    code\n');
    edits.store();
    const next = new Edits('usr_1');
    expect(next.of('msg_4')).toEqual({ room: 'rm_1', seq: 4, before: 'message 4', text: '    code\n' });
    expect(next.in('rm_1').map(([id]) => id)).toEqual(['msg_4']);
    next.end('msg_4');
    expect(new Edits('usr_1').of('msg_4')).toBeNull();
    expect(new Edits('usr_1').of('msg_5')?.text).toBe('message 5');
  });

  it('go on when they are begun again', () => {
    const edits = new Edits('usr_1');
    edits.begin('rm_1', message(4));
    edits.keep('msg_4', 'half');
    edits.begin('rm_1', message(4));
    expect(edits.of('msg_4')?.text).toBe('half');
  });
});
