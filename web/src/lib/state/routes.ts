// Addresses of the client and what they mean. Pure.

export type Route =
  | { readonly name: 'home' }
  | { readonly name: 'room'; readonly slug: string; readonly at: number | null }
  | { readonly name: 'browse' }
  | { readonly name: 'settings' }
  | { readonly name: 'sign-in'; readonly to: string | null }
  | { readonly name: 'register'; readonly to: string | null }
  | { readonly name: 'guest'; readonly to: string | null }
  | { readonly name: 'setup'; readonly token: string }
  | { readonly name: 'invite'; readonly code: string }
  | { readonly name: 'not-found' };

/** What an address means. */
export function parseRoute(url: URL): Route {
  const [first = '', second = '', ...rest] = url.pathname.split('/').filter((part) => part !== '');
  if (rest.length > 0) return { name: 'not-found' };
  if (first === 'r' && second !== '') return roomRoute(second, url);
  if (second !== '') return { name: 'not-found' };
  const to = safePath(url.searchParams.get('to'));
  switch (first) {
    case '':
      return { name: 'home' };
    case 'rooms':
      return { name: 'browse' };
    case 'settings':
      return { name: 'settings' };
    case 'sign-in':
    case 'register':
    case 'guest':
      return { name: first, to };
    case 'setup':
      return { name: 'setup', token: url.hash.slice(1) };
    case 'invite':
      return { name: 'invite', code: url.hash.slice(1) };
    default:
      return { name: 'not-found' };
  }
}

function roomRoute(encoded: string, url: URL): Route {
  const slug = decoded(encoded);
  if (slug === null) return { name: 'not-found' };
  const at = Number(url.searchParams.get('at') ?? Number.NaN);
  return { name: 'room', slug, at: Number.isSafeInteger(at) && at > 0 ? at : null };
}

function decoded(part: string): string | null {
  try {
    return decodeURIComponent(part);
  } catch {
    return null;
  }
}

/** The address of a room, and of a message in it. */
export function roomPath(slug: string, at?: number): string {
  const path = `/r/${encodeURIComponent(slug)}`;
  return at === undefined ? path : `${path}?at=${at}`;
}

/** A path with where to go on afterwards. */
export function pathWithReturn(path: '/sign-in' | '/register' | '/guest', to: string | null): string {
  return to === null || to === '/' ? path : `${path}?to=${encodeURIComponent(to)}`;
}

/** A path of this very site, or null: a link must not be able to send people elsewhere after they signed in. */
export function safePath(path: string | null): string | null {
  if (path === null || !/^\/(?![/\\])/.test(path)) return null;
  const base = 'http://parlor.invalid';
  const url = new URL(path, base);
  return url.origin === base ? url.pathname + url.search + url.hash : null;
}

/** True for the screens that people see before they are signed in. */
export function isOpenToStrangers(route: Route): boolean {
  return ['sign-in', 'register', 'guest', 'setup', 'invite'].includes(route.name);
}
