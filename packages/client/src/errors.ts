// What can go wrong, in one type for both transports. It decides nothing; `isTransient` only says what is worth repeating.

import type { ErrorCode, ErrorDetails, Error as WireError } from './protocol.ts';

/** Troubles that the client itself finds, beside the server's codes. */
export type ClientErrorCode =
  'disconnected' | 'timeout' | 'network' | 'bad_response' | 'outbox_full' | 'no_websocket';

/** Why something did not work. `code` is what programs go by, `message` what people read. */
export class ParlorError extends Error {
  override readonly name = 'ParlorError';
  readonly code: ErrorCode | ClientErrorCode;
  readonly details: ErrorDetails | undefined;
  /** Seconds until it is worth trying again. */
  readonly retryAfter: number | undefined;
  /** The HTTP status, where there was one. */
  readonly status: number | undefined;

  constructor(
    code: ErrorCode | ClientErrorCode,
    message: string,
    more: { details?: ErrorDetails; retryAfter?: number; status?: number } = {},
  ) {
    super(message);
    this.code = code;
    this.details = more.details;
    this.retryAfter = more.retryAfter;
    this.status = more.status;
  }

  /** The server's own words. */
  static fromWire(error: WireError, status?: number): ParlorError {
    return new ParlorError(error.code, error.message, {
      ...(error.details && { details: error.details }),
      ...(error.retry_after !== undefined && { retryAfter: error.retry_after }),
      ...(status !== undefined && { status }),
    });
  }
}

const TRANSIENT: ReadonlySet<string> = new Set<ErrorCode | ClientErrorCode>([
  'disconnected',
  'timeout',
  'network',
  'busy',
  'rate_limited',
  'unavailable',
]);

/** True if the same request may work later by itself. */
export function isTransient(error: unknown): boolean {
  return error instanceof ParlorError && TRANSIENT.has(error.code);
}

/** Whatever was thrown, as a `ParlorError`. */
export function asParlorError(error: unknown): ParlorError {
  if (error instanceof ParlorError) return error;
  return new ParlorError('network', error instanceof Error ? error.message : String(error));
}
