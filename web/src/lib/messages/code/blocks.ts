// The frame of a block of code: its language, a button to copy it, and colours once it shows.

import { t } from '../../i18n/index.ts';
import { later } from '../../i18n/later.ts';

/** How far before a block shows its colours are asked for. */
const AHEAD = '400px 0px';

let shown: IntersectionObserver | undefined;

/** Frames the blocks in an element. `copy` gets the text of one, without the end of its last line. */
export function frameBlocks(element: HTMLElement, copy: (text: string) => void): () => void {
  for (const block of element.querySelectorAll('pre')) {
    const code = block.querySelector('code');
    if (!code) continue;
    const language = languageIn(code);
    const frame = document.createElement('div');
    frame.className = 'code-frame';
    block.replaceWith(frame);
    frame.append(
      headOf(language, () => {
        copy(code.textContent.replace(/\n$/, ''));
      }),
      block,
    );
    if (language === '') continue;
    observer().observe(code);
  }
  return () => {
    for (const code of element.querySelectorAll('code')) shown?.unobserve(code);
  };
}

function headOf(language: string, copy: () => void): HTMLElement {
  const head = document.createElement('div');
  head.className = 'code-head';
  const name = document.createElement('span');
  name.textContent = language === '' ? later.message.code : language;
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = t.app.copy;
  button.ariaLabel = later.message.copyCode;
  button.onclick = copy;
  head.append(name, button);
  return head;
}

function languageIn(code: Element): string {
  return /language-(\S+)/.exec(code.className)?.[1]?.toLowerCase() ?? '';
}

function observer(): IntersectionObserver {
  shown ??= new IntersectionObserver(
    (entries, self) => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting) continue;
        self.unobserve(target);
        paint(target as HTMLElement);
      }
    },
    { rootMargin: AHEAD },
  );
  return shown;
}

/** Without its colours, where they cannot be loaded, it is read as well. */
function paint(code: HTMLElement): void {
  import('./colour.ts').then(
    ({ colour }) => {
      colour(code, languageIn(code));
    },
    () => undefined,
  );
}
