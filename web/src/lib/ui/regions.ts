// The parts of the page in reading order, for the key that goes from one to the next.

export function focusNextRegion(): void {
  const regions = [...document.querySelectorAll<HTMLElement>('[data-region]')].filter(
    (region) => region.offsetParent !== null,
  );
  const current = regions.findIndex((region) => region.contains(document.activeElement));
  const next = regions[(current + 1) % regions.length];
  const inside = next?.matches('textarea, input, button, a')
    ? next
    : next?.querySelector<HTMLElement>('[tabindex="0"], a[href], button, textarea, input');
  inside?.focus();
}
