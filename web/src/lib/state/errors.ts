// What went wrong, in words for the person in front of the screen.

import { asParlorError, ParlorError } from '@parlor/client';
import { seconds, t } from '../i18n/index.ts';

const OWN_WORDS = new Set(Object.keys(t.errors));

/**
 * A sentence for any error. The server's own words stand where they say more than ours. `left` is how many seconds are
 * left of a wait that was asked for, if some of it has passed.
 */
export function inWords(thrown: unknown, left?: number): string {
  const error = parlorError(thrown);
  if (error.details?.incident !== undefined) return t.errors.incident(error.details.incident);
  if (error.code === 'rate_limited')
    return t.errors.rate_limited(seconds(left ?? Math.ceil(error.retryAfter ?? 1)));
  return ownWords(error) ?? (error.message === '' ? t.errors.unexpected : error.message);
}

/** Also of what is kept of an error beside a message that was not sent: its code and its words. */
function parlorError(thrown: unknown): ParlorError {
  if (thrown instanceof Error || typeof thrown !== 'object' || thrown === null) return asParlorError(thrown);
  const { code, message } = thrown as Partial<Pick<ParlorError, 'code' | 'message'>>;
  return code === undefined ? asParlorError(thrown) : new ParlorError(code, message ?? '');
}

function ownWords(error: ParlorError): string | null {
  const words = OWN_WORDS.has(error.code) ? t.errors[error.code as keyof typeof t.errors] : null;
  return typeof words === 'string' ? words : null;
}

/** The field of a form that an error is about. */
export function fieldOf(thrown: unknown): string | null {
  const error = asParlorError(thrown);
  if (error.code === 'name_taken' || error.code === 'name_confusable') return 'name';
  return error.details?.field ?? null;
}
