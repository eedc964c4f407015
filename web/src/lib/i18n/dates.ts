// Times and days as the language writes them. Pure but for the clock, which callers may pass.

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

type When = string | number | Date;

/** The first moment of the day, by the clock of the reader. */
export function startOfDay(when: When): number {
  return new Date(when).setHours(0, 0, 0, 0);
}

/** The day of a moment by the clock of the reader, as `<time>` takes it: 2026-06-01. */
export function localDay(when: When): string {
  const date = new Date(when);
  const digits = (value: number, length: number): string => String(value).padStart(length, '0');
  return `${digits(date.getFullYear(), 4)}-${digits(date.getMonth() + 1, 2)}-${digits(date.getDate(), 2)}`;
}

/** How many midnights lie between two moments: 0 on the same day, 1 from yesterday to today. */
export function daysBetween(earlier: When, later: When): number {
  // Days have 23 to 25 hours where clocks change.
  return Math.round((startOfDay(later) - startOfDay(earlier)) / DAY);
}

function upperFirst(text: string): string {
  return text.charAt(0).toLocaleUpperCase() + text.slice(1);
}

/** Formatters of one language. */
export function dates(language: string) {
  const format = (options: Intl.DateTimeFormatOptions) => {
    const formatter = new Intl.DateTimeFormat(language, options);
    return (when: When): string => formatter.format(new Date(when));
  };
  const clock = format({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  const dayOfThisYear = format({ weekday: 'long', day: 'numeric', month: 'long' });
  const dayOfOtherYear = format({ weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });
  const fullMoment = format({ dateStyle: 'full', timeStyle: 'short' });
  const shortMoment = format({
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  const shortMomentOfOtherYear = format({
    year: 'numeric',
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  const dateOnly = format({ dateStyle: 'medium' });
  const relative = new Intl.RelativeTimeFormat(language, { numeric: 'auto' });

  /** "Today", "Yesterday", or the day by its name. */
  function dayName(when: When, now: When = Date.now()): string {
    const days = daysBetween(when, now);
    if (days === 0 || days === 1) return upperFirst(relative.format(-days, 'day'));
    const sameYear = new Date(when).getFullYear() === new Date(now).getFullYear();
    return (sameYear ? dayOfThisYear : dayOfOtherYear)(when);
  }

  /** The clock time on the same day, else with the day, and with the year where that is another. */
  function moment(when: When, now: When = Date.now()): string {
    if (daysBetween(when, now) === 0) return clock(when);
    const sameYear = new Date(when).getFullYear() === new Date(now).getFullYear();
    return (sameYear ? shortMoment : shortMomentOfOtherYear)(when);
  }

  function distance(milliseconds: number): string {
    const size = Math.abs(milliseconds);
    if (size < HOUR) return relative.format(Math.trunc(milliseconds / MINUTE), 'minute');
    if (size < DAY) return relative.format(Math.trunc(milliseconds / HOUR), 'hour');
    return relative.format(Math.trunc(milliseconds / DAY), 'day');
  }

  /** "5 minutes ago". */
  const since = (when: When, now: When = Date.now()): string =>
    distance(Math.min(0, new Date(when).getTime() - new Date(now).getTime()));
  /** "in 3 days". */
  const until = (when: When, now: When = Date.now()): string =>
    distance(Math.max(0, new Date(when).getTime() - new Date(now).getTime()));
  /** "in 8 seconds". */
  const seconds = (count: number): string => relative.format(count, 'second');

  return { clock, dayName, moment, fullMoment, dateOnly, since, until, seconds };
}
