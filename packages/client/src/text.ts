// Texts and names that have a meaning on the wire. Pure.

const COMMAND = /^\/[a-z]{1,32}(?=[ \n]|$)/;

/** True if the server would read the text as a command: a slash, a lower-case word, then a space or the end. */
export function readsAsCommand(text: string): boolean {
  return COMMAND.test(text);
}

/** The body that says exactly this text, whatever it begins with: a slash at the start is doubled. */
export function literally(text: string): string {
  return text.startsWith('/') ? `/${text}` : text;
}

/**
 * JSON that every reader takes. Half of a surrogate pair, as a text cut between two code units has it, is no character: it
 * becomes U+FFFD in every text and name, in place of an escape that a strict reader refuses together with the whole.
 */
export function toJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'string' ? part.toWellFormed() : part,
  );
}

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

/** A new name for a send: 10 characters of time, then 80 random bits, so that names sort by when they were made. */
export function makeNonce(now: number, random: () => number): string {
  let time = '';
  for (let rest = Math.floor(now), digit = 0; digit < 10; digit += 1, rest = Math.floor(rest / 32)) {
    time = ALPHABET.charAt(rest % 32) + time;
  }
  let name = time;
  while (name.length < 26) name += ALPHABET.charAt(Math.floor(random() * 32));
  return name;
}
