// Marks what scrolls sideways, with the class `scrolls`: only that is faded at its edges. A fade follows the scrolling by an
// animation of its own, which costs time in each frame, also where there is nothing to fade.

let sizes: ResizeObserver | undefined;

/** Watches the blocks of code and the tables in an element until the returned function is called. */
export function markSideways(element: HTMLElement): () => void {
  sizes ??= new ResizeObserver((entries) => {
    for (const { target } of entries)
      target.classList.toggle('scrolls', target.scrollWidth > target.clientWidth);
  });
  const blocks = element.querySelectorAll('pre, table');
  for (const block of blocks) sizes.observe(block);
  return () => {
    for (const block of blocks) sizes?.unobserve(block);
  };
}
