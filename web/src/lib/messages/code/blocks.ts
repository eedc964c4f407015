// The frame of a block of code: its language, a button to copy it, and colours once it shows.

import { t } from '../../i18n/index.ts';
import { later } from '../../i18n/later.ts';

const LANGUAGE = 'language-';
/** How far before a block shows its colours are asked for. */
const AHEAD = '400px 0px';

let shown: IntersectionObserver | undefined;

/** Frames the blocks in an element. `copy` gets the text of one, without the end of its last line. */
export function frameBlocks(element: HTMLElement, copy: (text: string) => void): () => void {
  const watched: HTMLElement[] = [];
  for (const block of element.querySelectorAll('pre')) {
    const code = block.querySelector('code');
    if (!code) continue;
    const language = languageIn(code);
    const frame = document.createElement('div');
    frame.className = 'code-frame';
    const copyText = (): void => {
      copy(code.textContent.replace(/\n$/, ''));
    };
    block.replaceWith(frame);
    frame.append(headOf(language, copyText), block);
    if (language === '') continue;
    watched.push(code);
    observer().observe(code);
  }
  return () => {
    for (const code of watched) shown?.unobserve(code);
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
  button.setAttribute('aria-label', later.message.copyCode);
  button.addEventListener('click', copy);
  head.append(name, button);
  return head;
}

function languageIn(code: Element): string {
  const name = [...code.classList].find((one) => one.startsWith(LANGUAGE));
  return name?.slice(LANGUAGE.length).toLowerCase() ?? '';
}

function observer(): IntersectionObserver {
  shown ??= new IntersectionObserver(
    (entries, self) => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting) continue;
        self.unobserve(target);
        void paint(target as HTMLElement);
      }
    },
    { rootMargin: AHEAD },
  );
  return shown;
}

async function paint(code: HTMLElement): Promise<void> {
  try {
    const { colour } = await import('./colour.ts');
    if (code.isConnected) colour(code, languageIn(code));
  } catch {
    // It is read as well without colours.
  }
}
