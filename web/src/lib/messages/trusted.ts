// The one door through which HTML enters the page: what the server has rendered and cleaned.

interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createHTML: (html: string) => string },
  ): { createHTML(html: string): string };
}

// The policy for content forbids plain texts where HTML is expected, and allows this name and that of Svelte.
const policy = (globalThis as { trustedTypes?: TrustedTypes }).trustedTypes?.createPolicy('parlor-message', {
  createHTML: (html) => html,
});

function trusted(html: string): string {
  return policy?.createHTML(html) ?? html;
}

/** What a message says, without marks: for a line that quotes it or a voice that reads it. */
export function plainText(message: { readonly body: string; readonly html?: string }): string {
  if (message.html === undefined) return message.body;
  const template = document.createElement('template');
  template.innerHTML = trusted(message.html);
  const ends = template.content.querySelectorAll('br, p, li, pre, tr, h1, h2, h3, h4, h5, h6');
  for (const end of ends) end.after('\n');
  for (const cell of template.content.querySelectorAll('th, td')) cell.append(' ');
  return (template.content.textContent ?? '').trim();
}

/** Whether a link leads to a page of another site. A mail program or a telephone would leave a tab of its own blank. */
export function opensTab({ protocol, origin }: Pick<URL, 'protocol' | 'origin'>, own: string): boolean {
  return (protocol === 'http:' || protocol === 'https:') && origin !== own;
}

/** Fills an element with a message's HTML. */
export function fill(element: HTMLElement, html: string): void {
  element.innerHTML = trusted(html);
  for (const link of element.querySelectorAll('a')) {
    if (opensTab(link, location.origin)) link.target = '_blank';
  }
  // What may scroll sideways must be reachable by keyboard.
  for (const wide of element.querySelectorAll<HTMLElement>('pre, table')) wide.tabIndex = 0;
}
