// Times and days as the language writes them. Pure but for the clock, which comes from outside.

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

/** Formatters of one language. `present` tells the time, in milliseconds since 1970, where the caller names no other. */
export function dates(language: string, present: () => number = Date.now) {
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
  const counted = new Intl.RelativeTimeFormat(language, { numeric: 'always' });

  /** "Today", "Yesterday", or the day by its name. */
  function dayName(when: When, now: When = present()): string {
    const days = daysBetween(when, now);
    if (days === 0 || days === 1) return upperFirst(relative.format(-days, 'day'));
    const sameYear = new Date(when).getFullYear() === new Date(now).getFullYear();
    return (sameYear ? dayOfThisYear : dayOfOtherYear)(when);
  }

  /** The clock time on the same day, else with the day, and with the year where that is another. */
  function moment(when: When, now: When = present()): string {
    if (daysBetween(when, now) === 0) return clock(when);
    const sameYear = new Date(when).getFullYear() === new Date(now).getFullYear();
    return (sameYear ? shortMoment : shortMomentOfOtherYear)(when);
  }

  /**
   * Rounded, as people do: 59 minutes and 40 seconds are an hour, 6 days and 23 hours are 7 days. Counted in hours and
   * days that have passed, not by the calendar, so never "tomorrow".
   */
  function distance(milliseconds: number): string {
    const size = Math.abs(milliseconds);
    const sign = Math.sign(milliseconds);
    const [minutes, hours, days] = [MINUTE, HOUR, DAY].map((unit) => Math.round(size / unit)) as [
      number,
      number,
      number,
    ];
    if (minutes === 0) return relative.format(0, 'minute');
    if (minutes < 60) return counted.format(sign * minutes, 'minute');
    if (hours < 24) return counted.format(sign * hours, 'hour');
    return counted.format(sign * days, 'day');
  }

  /** "5 minutes ago". */
  const since = (when: When, now: When = present()): string =>
    distance(Math.min(0, new Date(when).getTime() - new Date(now).getTime()));
  /** "in 3 days". */
  const until = (when: When, now: When = present()): string =>
    distance(Math.max(0, new Date(when).getTime() - new Date(now).getTime()));
  /** "in 8 seconds", and longer waits in minutes or hours: never less than it takes. */
  const seconds = (count: number): string => {
    if (count <= 60) return relative.format(count, 'second');
    const minutes = Math.ceil(count / 60);
    return minutes <= 60
      ? counted.format(minutes, 'minute')
      : counted.format(Math.ceil(minutes / 60), 'hour');
  };

  return { clock, dayName, moment, fullMoment, dateOnly, since, until, seconds };
}

/** When something was said, in a list: the clock time today, the day of the week in the last days, else the day. */
export function listTimes(language: string): (when: When, now?: When) => string {
  const format = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(language, options);
  const clock = format({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  const weekday = format({ weekday: 'short' });
  const day = format({ day: 'numeric', month: 'short' });
  const dayOfOtherYear = format({ day: 'numeric', month: 'short', year: 'numeric' });
  return (when, now = Date.now()) => {
    const [then, present] = [new Date(when), new Date(now)];
    const days = daysBetween(then, present);
    if (days === 0) return clock.format(then);
    if (days > 0 && days < 7) return weekday.format(then);
    return (then.getFullYear() === present.getFullYear() ? day : dayOfOtherYear).format(then);
  };
}
