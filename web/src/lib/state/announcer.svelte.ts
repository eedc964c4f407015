// What a screen reader is told: new messages of the open room, gathered so that it is never shouted at.

import { t } from '../i18n/index.ts';

/** How long to gather, in milliseconds. */
const GATHER = 1000;
/** The longest text that is read out whole. */
const LONGEST = 160;

export class Announcer {
  #text = $state('');
  #gathered: string[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  get text(): string {
    return this.#text;
  }

  /** Says one thing soon, in place of whatever was said before. */
  say(text: string): void {
    // The same text twice is no change, and no change is not read out.
    this.#text = this.#text === text ? `${text}\u00a0` : text;
  }

  message(room: string, author: string, body: string): void {
    const text = body.length > LONGEST ? `${body.slice(0, LONGEST)}…` : body;
    this.#gathered.push(t.timeline.announce(author, text));
    this.#timer ??= setTimeout(() => {
      this.#flush(room);
    }, GATHER);
  }

  #flush(room: string): void {
    const [first, ...others] = this.#gathered;
    this.#gathered = [];
    this.#timer = undefined;
    if (first === undefined) return;
    this.say(others.length === 0 ? first : t.timeline.announceMany(others.length + 1, room));
  }
}
