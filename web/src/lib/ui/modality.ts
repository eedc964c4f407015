// Whether a key has brought the focus somewhere. A field that has the focus shows its caret, so it needs a ring only for
// those who go through the page by keyboard; the browser's own `:focus-visible` shows one on every field, always.

/** The keys that move the focus. Others that end in a field, such as Enter on a room, say where one goes by themselves. */
const MOVES = new Set(['Tab', 'F6', 'Escape']);

let isByKey = false;

addEventListener('keydown', (event) => (isByKey = MOVES.has(event.key) && !event.altKey), true);
addEventListener('pointerdown', () => (isByKey = false), true);

/** For `{@attach}`: `data-by-key` is on a field while it has the focus because of a key. */
export function markFocusByKey(field: HTMLElement): void {
  // What such a handler returns says whether the browser does its own part: `false` would keep a click from the field.
  const mark = (isMarked: boolean): void => {
    field.toggleAttribute('data-by-key', isMarked);
  };
  field.onfocus = () => {
    mark(isByKey);
  };
  field.onblur = field.onpointerdown = () => {
    mark(false);
  };
}
