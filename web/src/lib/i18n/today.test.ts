import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { localDay } from './dates.ts';
import { clock, dayName } from './index.ts';
import { today } from './today.svelte.ts';

let stop: () => void;

beforeEach(() => {
  vi.useFakeTimers({ now: new Date(2026, 5, 10, 23, 59, 30) });
  stop = today.watch();
});
afterEach(() => {
  stop();
  vi.useRealTimers();
  today.look();
});

describe('today', () => {
  const evening = new Date(2026, 5, 10, 22);

  it('is yesterday after midnight', () => {
    expect(dayName(evening)).toBe('Today');
    vi.advanceTimersByTime(45_000);
    expect(dayName(evening)).toBe('Yesterday');
    expect(today.day).toBe(new Date(2026, 5, 11).getTime());
  });

  it.each(['focus', 'pageshow', 'online'])(
    'is looked at after a sleep, in which no timer ran: %s',
    (occasion) => {
      vi.setSystemTime(new Date(2026, 5, 12, 7));
      dispatchEvent(new Event(occasion));
      expect(dayName(evening)).toMatch(/^Wednesday/);
    },
  );

  it('is looked at when the page shows again', () => {
    vi.setSystemTime(new Date(2026, 5, 11, 7));
    document.dispatchEvent(new Event('visibilitychange'));
    expect(dayName(evening)).toBe('Yesterday');
  });
});

describe('another time zone', () => {
  const moment = Date.UTC(2026, 0, 5, 23, 30);
  const at = (zone: string): string[] => {
    vi.stubEnv('TZ', zone);
    today.look();
    return [localDay(moment), clock(moment), today.zone];
  };
  afterEach(() => {
    vi.unstubAllEnvs();
    today.look();
  });

  it('has days and times of its own, also if one comes into it', () => {
    expect(at('UTC')).toEqual(['2026-01-05', '23:30', 'UTC']);
    expect(at('Asia/Tokyo')).toEqual(['2026-01-06', '08:30', 'Asia/Tokyo']);
    expect(at('America/New_York')).toEqual(['2026-01-05', '18:30', 'America/New_York']);
  });

  it('has its own midnight', () => {
    vi.setSystemTime(Date.UTC(2026, 0, 6, 0, 30));
    at('UTC');
    expect(dayName(moment)).toBe('Yesterday');
    at('Asia/Tokyo');
    expect(dayName(moment)).toBe('Today');
  });
});
