/** Days as bills cut them: from midnight to midnight in the zone of the provider's account. */
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../kernel/clock.ts';

/** Where the days of a bill begin, and when the bill of a day is there. */
export interface BillCalendar {
  readonly timeZone: string;
  readonly readyAtHour: number;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known !== undefined) {
    return known;
  }
  const made = new Intl.DateTimeFormat('en-CA', {
    ...{ timeZone, hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit' },
    ...{ hour: '2-digit', minute: '2-digit', second: '2-digit' },
  });
  formats.set(timeZone, made);
  return made;
}

/** What a clock on the wall of that zone shows, read as if it were UTC. */
function wallClock(epochMs: number, timeZone: string): number {
  const parts = new Map<string, number>(
    formatOf(timeZone)
      .formatToParts(epochMs)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const read = (type: string) => parts.get(type) ?? 0;
  const midnight = Date.UTC(read('year'), read('month') - 1, read('day'));
  return midnight + read('hour') * HOUR_MS + read('minute') * MINUTE_MS + read('second') * SECOND_MS;
}

/** The moment (ms) at which that clock shows so many full hours of `date`. */
function momentOf(date: string, hour: number, timeZone: string): number {
  const wanted = Date.parse(`${date}T00:00:00Z`) + hour * HOUR_MS;
  const first = wanted - (wallClock(wanted, timeZone) - wanted);
  // Once more, because the first guess may lie on the other side of a change of the clocks.
  return wanted - (wallClock(first, timeZone) - first);
}

/** The day (`YYYY-MM-DD`) in which a moment lies. */
export function dateOf(epochMs: number, timeZone: string): string {
  return new Date(wallClock(epochMs, timeZone)).toISOString().slice(0, 10);
}

/** The day so many days later, or earlier. */
export function addDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

/** First moment of the day and of the next one. */
export function boundsOf(date: string, timeZone: string): { readonly from: number; readonly to: number } {
  return { from: momentOf(date, 0, timeZone), to: momentOf(addDays(date, 1), 0, timeZone) };
}

/** From when the bill of the day is there: an hour of the day after it. */
export function readyAt(date: string, { timeZone, readyAtHour }: BillCalendar): number {
  return momentOf(addDays(date, 1), readyAtHour, timeZone);
}

/** The newest day whose bill is there at `now`. */
export function newestReadyDate(now: number, calendar: BillCalendar): string {
  const yesterday = addDays(dateOf(now, calendar.timeZone), -1);
  return readyAt(yesterday, calendar) <= now ? yesterday : addDays(yesterday, -1);
}
