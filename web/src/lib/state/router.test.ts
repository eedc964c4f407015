import { afterEach, beforeEach, expect, it } from 'vitest';
import { Router } from './router.svelte.ts';

let router: Router;
let stop: () => void;

beforeEach(() => {
  history.replaceState(null, '', '/');
  router = new Router();
  stop = router.listen();
});
afterEach(() => {
  stop();
  document.body.replaceChildren();
});

function click(href: string, change: MouseEventInit = {}, target = ''): MouseEvent {
  const link = document.createElement('a');
  link.href = href;
  if (target) link.target = target;
  document.body.append(link);
  const event = new MouseEvent('click', { bubbles: true, cancelable: true, button: 0, ...change });
  link.dispatchEvent(event);
  return event;
}

it('goes where a link of this site leads', () => {
  expect(click('/r/salon?at=4').defaultPrevented).toBe(true);
  expect(router.route).toEqual({ name: 'room', slug: 'salon', at: 4 });
  expect(router.path).toBe('/r/salon?at=4');
});

it('leaves other links, and clicks for another tab, to the browser', () => {
  expect(click('https://elsewhere.example/r/salon').defaultPrevented).toBe(false);
  expect(click('/docs').defaultPrevented).toBe(false);
  expect(click('/r/salon', { ctrlKey: true }).defaultPrevented).toBe(false);
  expect(click('/r/salon', {}, '_blank').defaultPrevented).toBe(false);
  expect(router.route).toEqual({ name: 'home' });
});

it('counts a visit to the same address', () => {
  router.go('/r/salon?at=4');
  const { visit } = router;
  router.go('/r/salon?at=4');
  expect(router.visit).toBe(visit + 1);
});

it('follows the address bar', () => {
  history.replaceState(null, '', '/settings');
  dispatchEvent(new PopStateEvent('popstate'));
  expect(router.route).toEqual({ name: 'settings' });
});
