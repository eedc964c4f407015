import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeWindow } from '../../../tests/fake-window.ts';
import { Router } from './router.svelte.ts';

let owner: FakeWindow;
let router: Router;
let stop: () => void;

/** Something over the page that can be closed by itself or by the way back. */
function cover(): { isOpen: boolean; close: () => void } {
  const layer = { isOpen: true, close: (): void => undefined };
  const uncover = router.cover(() => {
    layer.isOpen = false;
  });
  layer.close = () => {
    layer.isOpen = false;
    uncover();
  };
  return layer;
}

async function settle(): Promise<void> {
  await vi.advanceTimersByTimeAsync(50);
}

async function back(): Promise<void> {
  owner.history.back();
  await settle();
}

function begin(path = '/r/hall', state: unknown = null): void {
  owner = new FakeWindow(path, state);
  router = new Router(owner as unknown as Window);
  stop = router.listen();
}

beforeEach(() => {
  vi.useFakeTimers();
  begin('/');
  router.go('/r/hall');
});
afterEach(() => {
  stop();
  vi.useRealTimers();
});

describe('the way back', () => {
  it('closes what lies over the page, and nothing else', async () => {
    const [{ visit }, panel] = [router, cover()];
    const dialog = cover();
    await back();
    expect([dialog.isOpen, panel.isOpen, router.path]).toEqual([false, true, '/r/hall']);
    await back();
    expect([panel.isOpen, router.path, router.visit]).toEqual([false, '/r/hall', visit]);
    await back();
    expect(router.path).toBe('/');
  });

  it('leads past what was closed otherwise: no entry is left behind', async () => {
    const panel = cover();
    const dialog = cover();
    dialog.close();
    await settle();
    panel.close();
    await settle();
    expect(owner.trail.replace(/\].*/, ']')).toBe('/ [/r/hall]');
    await back();
    expect(router.path).toBe('/');
  });

  it('leads past all of them, where both are closed at once', async () => {
    const [panel, dialog] = [cover(), cover()];
    panel.close();
    dialog.close();
    await settle();
    await back();
    expect(router.path).toBe('/');
  });

  it('closes nothing a second time on the way forward', async () => {
    const panel = cover();
    await back();
    owner.history.forward();
    await settle();
    expect([panel.isOpen, router.path]).toEqual([false, '/r/hall']);
    await back();
    expect(router.path).toBe('/');
  });
});

describe('what is opened by what is closed', () => {
  it('takes its place in the history', async () => {
    const menu = cover();
    menu.close();
    const dialog = cover();
    await settle();
    expect([dialog.isOpen, owner.trail]).toEqual([true, '/ /r/hall [/r/hall]']);
    await back();
    expect([dialog.isOpen, router.path]).toEqual([false, '/r/hall']);
  });

  it('and waits where the history is on its way already', async () => {
    const menu = cover();
    menu.close();
    await vi.advanceTimersByTimeAsync(2);
    const dialog = cover();
    await settle();
    expect([dialog.isOpen, owner.trail]).toEqual([true, '/ /r/hall [/r/hall]']);
  });
});

describe('going elsewhere', () => {
  it('closes what lies over the page, and the way back leads to that page', async () => {
    const dialog = cover();
    router.go('/r/salon');
    expect([dialog.isOpen, router.path]).toEqual([false, '/r/salon']);
    dialog.close();
    await settle();
    expect(owner.trail).toBe('/ /r/hall [/r/salon]');
    await back();
    expect(router.path).toBe('/r/hall');
  });

  it('from two layers leads back past them too', async () => {
    cover();
    cover();
    router.go('/');
    await settle();
    await back();
    await settle();
    expect([router.path, owner.index]).toEqual(['/r/hall', 1]);
  });

  it('right after closing arrives', async () => {
    for (const wait of [0, 2]) {
      const dialog = cover();
      dialog.close();
      await vi.advanceTimersByTimeAsync(wait);
      router.go(`/r/salon-${wait}`);
      await settle();
      expect(router.path).toBe(`/r/salon-${wait}`);
    }
    await back();
    expect(router.path).toBe('/r/salon-0');
    await back();
    expect(router.path).toBe('/r/hall');
  });
});

it('after a reload nothing lies over the page, and nothing of it is left', async () => {
  cover();
  const { entries } = owner;
  stop();
  begin('/', null);
  owner.entries.splice(0, Infinity, ...entries);
  owner.index = entries.length - 1;
  stop();
  router = new Router(owner as unknown as Window);
  stop = router.listen();
  await settle();
  expect(owner.trail).toBe('/ [/r/hall] /r/hall');
  await back();
  expect(router.path).toBe('/');
});

describe('the place in a page', () => {
  it('is known on the way back, and not where one comes anew', async () => {
    const place = { seq: 40, top: 12.5 };
    const unfollow = router.follow(() => place);
    router.go('/settings');
    unfollow();
    expect(router.place).toBeNull();
    await back();
    expect(router.place).toEqual(place);
    router.go('/r/hall');
    expect(router.place).toBeNull();
  });

  it('is noted while one is there, and forgotten at the end', async () => {
    let place: { seq: number; top: number } | null = { seq: 40, top: 0 };
    router.follow(() => place);
    router.remember();
    expect(owner.history.state).toEqual({ place });
    place = null;
    router.remember();
    expect(owner.history.state).toBeNull();
  });

  it('is not taken from what others have left in the history', () => {
    for (const state of ['x', 7, { place: 'there' }, { place: { seq: '4', top: 1 } }, { layer: 'x' }]) {
      stop();
      begin('/r/hall', state);
      expect(router.place).toBeNull();
    }
  });
});
