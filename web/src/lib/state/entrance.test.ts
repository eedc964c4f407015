import { describe, expect, it } from 'vitest';
import { redirectOf } from './entrance.ts';
import { parseRoute, pathWithReturn } from './routes.ts';

const at = (path: string, change: { isSignedIn?: boolean; isLeaving?: boolean; goal?: string } = {}) =>
  redirectOf({
    route: parseRoute(new URL(path, 'https://chat.example')),
    path,
    isSignedIn: false,
    isLeaving: false,
    goal: null,
    ...change,
  });

/** Follows the rule until it lets one stay. */
function settled(path: string, isSignedIn: boolean): string {
  const next = at(path, { isSignedIn });
  return next === null ? path : settled(next, isSignedIn);
}

const PLACES = ['/settings', '/rooms', '/r/x', '/r/x?at=20', '/r/k%C3%A4se?at=3#here', '/nowhere?a=1&b=2#c'];

describe('a stranger', () => {
  it.each(PLACES)('comes back to %s by each way in, with query and fragment', (place) => {
    const door = at(place);
    expect(door).toBe(pathWithReturn('/sign-in', place));
    for (const way of ['/sign-in', '/register', '/guest'] as const)
      expect(settled(pathWithReturn(way, place), true)).toBe(place);
  });

  it('stays at the door, and at what is open to all', () => {
    for (const path of ['/sign-in?to=%2Fsettings', '/register', '/guest', '/setup#key', '/invite#code'])
      expect(at(path)).toBeNull();
  });

  it('leaves no trail for the next one', () => {
    expect(at('/r/secret?at=3', { isLeaving: true })).toBe('/sign-in');
    expect(at('/')).toBe('/sign-in');
  });
});

describe('who is in', () => {
  it('has no business at the door', () => {
    for (const path of ['/sign-in', '/register', '/guest', '/setup#key'])
      expect(at(path, { isSignedIn: true })).toBe('/');
    expect(settled('/sign-in?to=%2Fsign-in%3Fto%3D%252Fsettings', true)).toBe('/settings');
  });

  it('stays anywhere else, and looks at invitations', () => {
    for (const path of [...PLACES, '/', '/invite#code']) expect(at(path, { isSignedIn: true })).toBeNull();
  });

  it('goes to the room of an invitation', () => {
    expect(at('/invite#code', { isSignedIn: true, goal: '/r/salon' })).toBe('/r/salon');
    expect(at('/invite#code', { goal: '/r/salon' })).toBeNull();
  });
});
