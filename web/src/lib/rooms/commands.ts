// What can be done from anywhere, as the switcher offers it. Pure.

import { t } from '../i18n/index.ts';
import { keysOf } from '../state/keys.ts';
import type { Command } from './switcher-entries.ts';

/** What is possible; absent is what is not, for this person or at this place. */
export interface Possible {
  readonly createRoom: (() => void) | null;
  readonly browse: (() => void) | null;
  readonly roomInfo: (() => void) | null;
  readonly settings: () => void;
  readonly keys: () => void;
}

/** The commands of what is possible, in the order in which they are shown. */
export function commandsOf({ createRoom, browse, roomInfo, settings, keys }: Possible): readonly Command[] {
  const offered = [
    roomInfo && { name: t.keys.info, icon: 'people' as const, keys: keysOf('info'), run: roomInfo },
    createRoom && { name: t.rooms.create, icon: 'plus' as const, run: createRoom },
    browse && { name: t.rooms.browse, icon: 'browse' as const, run: browse },
    { name: t.settings.title, icon: 'settings' as const, run: settings },
    { name: t.keys.help, icon: 'keys' as const, keys: keysOf('help'), run: keys },
  ];
  return offered.filter((command) => command !== null);
}
