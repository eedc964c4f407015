// Where one is in the client. It owns the address bar and nothing else; screens follow `route`.

import { parseRoute, type Route } from './routes.ts';

export class Router {
  #route = $state.raw<Route>({ name: 'home' });
  #path = $state('/');
  /** Grows with every navigation, also to the same address: a link to a message works twice. */
  #visit = $state(0);
  readonly #window: Window;

  constructor(owner: Window = window) {
    this.#window = owner;
    this.#read();
  }

  get route(): Route {
    return this.#route;
  }

  /** The path with query and fragment, as it stands in the address bar. */
  get path(): string {
    return this.#path;
  }

  get visit(): number {
    return this.#visit;
  }

  go(path: string): void {
    this.#window.history.pushState(null, '', path);
    this.#read();
  }

  /** Goes somewhere without leaving the present address in the history. */
  replace(path: string): void {
    this.#window.history.replaceState(null, '', path);
    this.#read();
  }

  /** Follows the address bar and links until the returned function is called. */
  listen(): () => void {
    const stop = new AbortController();
    const { signal } = stop;
    this.#window.addEventListener(
      'popstate',
      () => {
        this.#read();
      },
      { signal },
    );
    this.#window.addEventListener(
      'hashchange',
      () => {
        this.#read();
      },
      { signal },
    );
    this.#window.document.addEventListener(
      'click',
      (event) => {
        this.#clicked(event);
      },
      { signal },
    );
    return () => {
      stop.abort();
    };
  }

  #read(): void {
    const { href, pathname, search, hash } = this.#window.location;
    this.#route = parseRoute(new URL(href));
    this.#path = pathname + search + hash;
    this.#visit += 1;
  }

  /** Plain clicks on links of this site are navigations; everything else is the browser's. */
  #clicked(event: MouseEvent): void {
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    if (!link || !link.href || link.target !== '' || link.hasAttribute('download')) return;
    const url = new URL(link.href);
    const { origin, pathname, search } = this.#window.location;
    if (url.origin !== origin || !isOwn(url.pathname)) return;
    if (url.hash !== '' && url.pathname === pathname && url.search === search) return;
    event.preventDefault();
    this.go(url.pathname + url.search + url.hash);
  }
}

/** The server's own pages are not the client's. */
function isOwn(path: string): boolean {
  return !/^\/(api|docs|healthz|readyz|metrics|assets)(\/|$)/.test(path);
}
