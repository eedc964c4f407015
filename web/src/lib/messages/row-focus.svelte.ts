// Which row of the timeline the keyboard is at, and which one shows its actions. One tab stop for all rows.

import { isComposing, isTyping } from '../state/keys.ts';
import type { Line } from './lines.ts';
import type { RowActions } from './row-actions.ts';

export class RowFocus {
  /** The row that the Tab key stops at; null is the last. */
  #stop = $state<string | null>(null);
  #focused = $state<string | null>(null);
  #pointed = $state<string | null>(null);

  get stop(): string | null {
    return this.#stop;
  }

  /** The row that shows its actions. */
  get active(): string | null {
    return this.#pointed ?? this.#focused;
  }

  /** Quietly: without a ring, until a key is used. Where a link led is marked otherwise. */
  to(row: HTMLElement, isQuiet = false): void {
    this.#stop = row.dataset['key'] ?? null;
    row.toggleAttribute('data-quiet', isQuiet);
    row.focus({ preventScroll: true });
    row.scrollIntoView({ block: 'nearest' });
  }

  entered(event: FocusEvent): void {
    const row = rowOf(event.target);
    this.#focused = row?.dataset['key'] ?? null;
    this.#stop = this.#focused ?? this.#stop;
  }

  pointed(event: PointerEvent): void {
    if (event.pointerType === 'touch') return;
    this.#pointed = rowOf(event.target)?.dataset['key'] ?? this.#pointed;
  }

  left(event: FocusEvent): void {
    rowOf(event.target)?.removeAttribute('data-quiet');
  }

  unpoint(): void {
    this.#pointed = null;
  }

  /** Keys on a row and on what is in it, but in a field; a button's own keys are left to it. */
  keydown(event: KeyboardEvent, lines: readonly Line[], actions: RowActions): void {
    const row = rowOf(event.target);
    row?.removeAttribute('data-quiet');
    if (!row || isTyping(event.target)) return;
    if (isComposing(event) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target !== row && event.key === 'Enter') return;
    const target = neighbour(row, event.key);
    if (target !== undefined) {
      if (target) this.to(target);
    } else if (!this.#act(event.key, row, lines, actions)) {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  #act(key: string, row: HTMLElement, lines: readonly Line[], actions: RowActions): boolean {
    if (key === 'Escape') {
      actions.toComposer();
      return true;
    }
    const message = lines.find((line) => line.key === row.dataset['key'])?.row.message;
    if (!message) return false;
    if (key === 'r' && actions.mayReply(message)) actions.reply(message);
    else if (key === 'e' && actions.mayEdit(message)) actions.edit(message);
    else if (key === 'Delete' && actions.mayRemove(message)) actions.remove(message);
    else if (key === 'Enter' || key === 'ContextMenu') actions.openMenu(message, row);
    else return false;
    return true;
  }
}

function rowOf(target: EventTarget | null): HTMLElement | null {
  return target instanceof Element ? target.closest<HTMLElement>('[data-key]') : null;
}

/** The row that a key leads to; null at the edge, undefined if the key leads nowhere. */
function neighbour(row: HTMLElement, key: string): HTMLElement | null | undefined {
  const all = row.parentElement?.children;
  switch (key) {
    case 'ArrowUp':
    case 'k':
      return row.previousElementSibling as HTMLElement | null;
    case 'ArrowDown':
    case 'j':
      return row.nextElementSibling as HTMLElement | null;
    case 'Home':
      return (all?.item(0) ?? null) as HTMLElement | null;
    case 'End':
      return (all?.item(all.length - 1) ?? null) as HTMLElement | null;
    default:
      return undefined;
  }
}
