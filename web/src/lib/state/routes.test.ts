import { describe, expect, it } from 'vitest';
import { parseRoute, pathWithReturn, roomPath, safePath } from './routes.ts';

const parse = (path: string) => parseRoute(new URL(path, 'https://chat.example'));

describe('addresses', () => {
  it('names the screens', () => {
    expect(parse('/')).toEqual({ name: 'home' });
    expect(parse('/rooms')).toEqual({ name: 'browse' });
    expect(parse('/settings/')).toEqual({ name: 'settings' });
    expect(parse('/setup#key')).toEqual({ name: 'setup', token: 'key' });
    expect(parse('/invite#code')).toEqual({ name: 'invite', code: 'code' });
  });

  it('leads to a room, and to a place in it', () => {
    expect(parse('/r/salon')).toEqual({ name: 'room', slug: 'salon', at: null });
    expect(parse('/r/salon?at=12')).toEqual({ name: 'room', slug: 'salon', at: 12 });
    for (const at of ['0', '-3', '1.5', 'x', '']) {
      expect(parse(`/r/salon?at=${at}`)).toMatchObject({ at: null });
    }
  });

  it('reads back what it writes', () => {
    expect(parse(roomPath('käse & brot', 7))).toEqual({ name: 'room', slug: 'käse & brot', at: 7 });
  });

  it('knows nothing else', () => {
    for (const path of ['/nowhere', '/r', '/r/a/b', '/settings/x', '/r/%E0%A4%A']) {
      expect(parse(path), path).toEqual({ name: 'not-found' });
    }
  });
});

describe('where to go on', () => {
  it('comes along', () => {
    expect(parse(pathWithReturn('/sign-in', '/r/salon?at=3'))).toEqual({
      name: 'sign-in',
      to: '/r/salon?at=3',
    });
    expect(pathWithReturn('/sign-in', '/')).toBe('/sign-in');
  });

  it('never leads to another site', () => {
    for (const path of [
      'https://evil.example',
      '//evil.example',
      '/\\evil.example',
      'javascript:x',
      '/\t/evil.example',
    ]) {
      const safe = safePath(path);
      expect(
        safe === null || new URL(safe, 'https://chat.example').origin === 'https://chat.example',
        path,
      ).toBe(true);
    }
    expect(safePath('//evil.example')).toBeNull();
    expect(safePath('/r/salon')).toBe('/r/salon');
  });
});
