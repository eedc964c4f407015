// The actions on the rows of a room that is only looked at: none but reading.

import type { User } from '@parlor/client';
import { later } from '../i18n/later.ts';
import type { Parlor } from '../state/parlor.svelte.ts';
import type { RowActions } from './row-actions.ts';

export function previewActions(parlor: Parlor): RowActions {
  const nothing = (): void => undefined;
  return {
    get self() {
      return parlor.user?.id ?? '';
    },
    maxBytes: Infinity,
    person: (id: string): User | undefined => parlor.users.get(id),
    message: () => undefined,
    mayReply: () => false,
    mayEdit: () => false,
    mayRemove: () => false,
    reply: nothing,
    edit: nothing,
    edited: () => null,
    keepEdit: nothing,
    takesFocus: () => false,
    save: async () => undefined,
    stopEditing: nothing,
    remove: nothing,
    copyLink: nothing,
    copyText: (message) => void parlor.copying.copy(message.body, later.message.textCopied),
    show: nothing,
    retry: nothing,
    discard: nothing,
    sendAsText: nothing,
    openMenu: nothing,
    toComposer: nothing,
  };
}
