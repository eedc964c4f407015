// Whether everything on a page lies inside of what it belongs to: its panel, dialog, menu or card, and the window.

import { expect, type Page } from '@playwright/test';

/** The widths that every screen is looked at in: a phone, a tablet, a small laptop, a desk, a large screen. */
export const WIDTHS = [390, 768, 1024, 1440, 1920] as const;

/** Asserts it at each of these widths, and goes back to the width that was. */
export async function expectContained(page: Page, name: string, widths: readonly number[]): Promise<void> {
  const before = page.viewportSize();
  await page.evaluate(`globalThis.geometry = ${geometry.toString()}`);
  const found = new Map<string, number[]>();
  for (const width of widths) {
    await page.setViewportSize({ width, height: before?.height ?? 800 });
    await settled(page);
    for (const what of await page.evaluate(outliers)) found.set(what, [...(found.get(what) ?? []), width]);
  }
  if (before) await page.setViewportSize(before);
  const told = [...found].map(([what, where]) => `${what} (${where.join(', ')} px)`);
  expect(told, `what lies outside of its place in ${name}`).toEqual([]);
}

/** Two frames: what follows a new width by a resize observer is drawn in the second. */
async function settled(page: Page): Promise<void> {
  await page.evaluate(
    () =>
      new Promise<void>((done) =>
        requestAnimationFrame(() =>
          requestAnimationFrame(() => {
            done();
          }),
        ),
      ),
  );
}

/** What the page needs to judge itself by. */
type Geometry = ReturnType<typeof geometry>;

/** How one sees what an element is. Runs in the page: it can't use anything from outside of itself. */
function geometry() {
  const styles = new Map<Element, CSSStyleDeclaration>();
  const styleOf = (element: Element): CSSStyleDeclaration => {
    const style = styles.get(element) ?? getComputedStyle(element);
    styles.set(element, style);
    return style;
  };

  /** Code and tables scroll sideways on purpose, and so does what is typed in a field. */
  const scrollsOnPurpose = (element: Element): boolean =>
    element.matches('pre, table, textarea, input, select') ||
    (/auto|scroll/.test(styleOf(element).overflowX) &&
      element.firstElementChild?.matches('pre, table, code') === true);
  const hasEllipsis = (element: Element): boolean => {
    const style = styleOf(element);
    return (
      style.textOverflow === 'ellipsis' || (style.webkitLineClamp !== 'none' && style.webkitLineClamp !== '')
    );
  };
  const clips = (element: Element): boolean => styleOf(element).overflowX !== 'visible';
  const isPanel = (element: Element): boolean => {
    if (element.matches('body, dialog, aside, nav, main, [popover]')) return true;
    const style = styleOf(element);
    if (style.display.startsWith('inline') && style.display !== 'inline-flex') return false;
    const hasBorder =
      Number.parseFloat(style.borderInlineEndWidth) > 0 && style.borderInlineEndStyle !== 'none';
    return hasBorder || !/rgba\(.*, 0\)|transparent/.test(style.backgroundColor);
  };
  /** It lies over the page, and so outside of what it stands in. */
  const isTopLayer = (element: Element): boolean => element.matches('dialog[open], [popover]');
  const isHidden = (element: Element): boolean =>
    !element.checkVisibility({ visibilityProperty: true }) ||
    element.closest('.hidden-visually, [aria-live][aria-atomic], svg *') !== null ||
    isCut(element);
  /** Kept for those who listen: cut away whole, itself or what it is in. */
  const isCut = (element: Element | null): boolean =>
    element !== null && (styleOf(element).clipPath === 'inset(50%)' || isCut(element.parentElement));
  const nameOf = (element: Element): string => {
    const id = element.getAttribute('aria-label') ?? element.textContent.trim();
    const parent = element.parentElement;
    const own = `${element.tagName.toLowerCase()}.${element.classList[0] ?? ''}`;
    return `${parent ? `${parent.tagName.toLowerCase()}.${parent.classList[0] ?? ''} > ` : ''}${own} “${id.slice(0, 24)}”`;
  };
  return { styleOf, scrollsOnPurpose, hasEllipsis, clips, isPanel, isTopLayer, isHidden, nameOf };
}

/** Runs in the page, after what it goes by was put there. */
function outliers(): string[] {
  /** Rounding, and the hair by which an italic letter leans out of its box. */
  const SLACK = 1.5;
  const found = new Set<string>();
  const { geometry: see } = globalThis as unknown as { geometry: () => Geometry };
  const { styleOf, scrollsOnPurpose, hasEllipsis, clips, isPanel, isTopLayer, isHidden, nameOf } = see();

  /** Looks whether a rectangle of an element, or of text in it, lies in everything around that element. */
  function judge(rect: DOMRect, element: Element, isText: boolean): void {
    if (rect.width === 0 || rect.height === 0) return;
    let isOnTop = !isText && isTopLayer(element);
    for (
      let around: Element | null = isText ? element : element.parentElement;
      around && !isOnTop;
      around = around.parentElement
    ) {
      if (scrollsOnPurpose(around)) return;
      const box = around.getBoundingClientRect();
      if (clips(around) || isPanel(around)) {
        const out = Math.max(box.left - rect.left, rect.right - box.right);
        if (out > SLACK) {
          // A text that ends in an ellipsis is cut on purpose; a badge or a button beside it never is.
          if (hasEllipsis(around) && (isText || styleOf(element).display === 'inline')) return;
          found.add(
            `${isText ? 'text of ' : ''}${nameOf(element)} is ${out.toFixed(0)} px outside of ${nameOf(around)}`,
          );
          return;
        }
      }
      isOnTop = isTopLayer(around);
    }
    const out = Math.max(-rect.left, rect.right - innerWidth);
    if (out > SLACK) found.add(`${nameOf(element)} is ${out.toFixed(0)} px outside of the window`);
  }

  const root = document.scrollingElement;
  if (root && root.scrollWidth > root.clientWidth)
    found.add(`the page scrolls sideways: ${root.scrollWidth}`);
  for (const element of document.body.querySelectorAll('*')) {
    if (isHidden(element)) continue;
    if (element.matches('dialog, [popover]')) {
      const { top, bottom } = element.getBoundingClientRect();
      if (top < -SLACK || bottom > innerHeight + SLACK)
        found.add(`${nameOf(element)} is above or below the window`);
    }
    judge(element.getBoundingClientRect(), element, false);
    const overflows = element.scrollWidth > element.clientWidth + SLACK && element.clientWidth > 0;
    const isPlace = clips(element) || isPanel(element);
    if (
      overflows &&
      isPlace &&
      !scrollsOnPurpose(element) &&
      !hasEllipsis(element) &&
      element.closest('pre, table') === null
    ) {
      found.add(`${nameOf(element)} is ${element.clientWidth} px wide and holds ${element.scrollWidth}`);
    }
    for (const child of element.childNodes) {
      if (child.nodeType !== Node.TEXT_NODE || child.nodeValue?.trim() === '') continue;
      const range = document.createRange();
      range.selectNodeContents(child);
      judge(range.getBoundingClientRect(), element, true);
    }
  }
  return [...found];
}
