// Who may be where: strangers at the door, others inside. The only rule that sends anybody to another address. Pure.

import { isOpenToStrangers, pathWithReturn, type Route } from './routes.ts';

export interface Whereabouts {
  readonly route: Route;
  /** The address with query and fragment. */
  readonly path: string;
  readonly isSignedIn: boolean;
  /** True if one has just signed out by one's own will: the next one at this screen goes elsewhere. */
  readonly isLeaving: boolean;
  /** Where an invitation has led; null if none was taken. */
  readonly goal: string | null;
}

/** The address that belongs in place of the present one; null where one may stay. */
export function redirectOf({ route, path, isSignedIn, isLeaving, goal }: Whereabouts): string | null {
  if (!isSignedIn) {
    if (isOpenToStrangers(route)) return null;
    return pathWithReturn('/sign-in', isLeaving || route.name === 'home' ? null : path);
  }
  if (goal !== null) return goal;
  switch (route.name) {
    case 'sign-in':
    case 'register':
    case 'guest':
      return route.to ?? '/';
    case 'setup':
      return '/';
    default:
      return null;
  }
}
