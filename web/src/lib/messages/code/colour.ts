// Colours a block of code. In a chunk of its own, which the first block that shows and names its language loads.

import './tones.css';
import { tokensOf } from './tokens.ts';

export function colour(code: HTMLElement, language: string): void {
  const text = code.textContent;
  const tokens = tokensOf(text, language);
  if (!tokens) return;
  const nodes = tokens.map(({ text: run, tone }) => {
    if (tone === null) return document.createTextNode(run);
    const ink = document.createElement('span');
    ink.className = `tone-${tone}`;
    ink.textContent = run;
    return ink;
  });
  code.replaceChildren(...nodes);
}
