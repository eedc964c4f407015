// What a timeline shows, and what it may ask for: a room that one is in, or one that is read from the doorway.

import type { Line } from './lines.ts';

export interface TimelineSource {
  readonly lines: readonly Line[];
  /** True once there is something to show, be it nothing. */
  readonly isLoaded: boolean;
  readonly atStart: boolean;
  readonly atEnd: boolean;
  /** How many messages have come that are beyond the end of what is shown. */
  readonly beyond: number;
  /** The place up to which everything is known, shown or not: what comes later is new. */
  readonly known: number;
  /** The last load that failed, in words. */
  readonly trouble: string | null;
  readonly isLoading: boolean;
  loadOlder(): Promise<void>;
  loadNewer(): Promise<void>;
  toEnd(): Promise<void>;
  jumpTo(seq: number): Promise<void>;
  follow(following: boolean): void;
  /** The last message has been on screen for a while, before the eyes of someone. */
  seen(): void;
}
