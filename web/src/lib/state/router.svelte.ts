// Where one is in the client. It owns the address bar and nothing else; screens follow `route`.

import { Layers, type Place, stateOf } from './layers.ts';
import { parseRoute, type Route } from './routes.ts';

export class Router {
  #route = $state.raw<Route>({ name: 'home' });
  #path = $state('/');
  /** Grows with every navigation, also to the same address: a link to a message works twice. */
  #visit = $state(0);
  #place = $state.raw<Place | null>(null);
  readonly #window: Window;
  readonly #layers: Layers;
  /** Tells where in the page one is. */
  #placeNow: (() => Place | null) | null = null;

  constructor(owner: Window = window) {
    this.#window = owner;
    this.#layers = new Layers(owner);
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

  /** Where in the page one was when one left this entry of the history; null where one comes anew. */
  get place(): Place | null {
    return this.#place;
  }

  go(path: string): void {
    this.#layers.whenArrived(() => {
      this.remember();
      const { history } = this.#window;
      // An entry that is there for what lies over the page becomes that of the next page.
      if (this.#layers.depth > 0) history.replaceState(null, '', path);
      else history.pushState(null, '', path);
      this.#layers.closeAll();
      this.#read();
    });
  }

  /** Something lies over the page, and the way back closes it. Call what this returns once it is closed. */
  cover(close: () => void): () => void {
    return this.#layers.cover(close);
  }

  /** The page tells from now on where in it one is, until the returned function is called. */
  follow(placeNow: () => Place | null): () => void {
    this.#placeNow = placeNow;
    return () => {
      if (this.#placeNow === placeNow) this.#placeNow = null;
    };
  }

  /** Notes where in the page one is, for the way back. */
  remember(): void {
    const { history } = this.#window;
    if (this.#placeNow === null || this.#layers.depth > 0) return;
    const place = this.#placeNow();
    try {
      history.replaceState(place && { place }, '');
    } catch {
      // Browsers refuse it where it is done too often.
    }
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
        const isSame = this.#layers.arrived();
        if (!isSame || this.#path !== this.#address()) this.#read();
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
    this.#layers.restore();
    return () => {
      stop.abort();
    };
  }

  #address(): string {
    const { pathname, search, hash } = this.#window.location;
    return pathname + search + hash;
  }

  #read(): void {
    this.#route = parseRoute(new URL(this.#window.location.href));
    this.#path = this.#address();
    this.#place = stateOf(this.#window).place ?? null;
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
