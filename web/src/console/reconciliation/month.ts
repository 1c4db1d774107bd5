/** The weeks of a month as a calendar shows them. */
const DAY_MS = 86_400_000;

/** The days (`YYYY-MM-DD`) of the month in weeks from Monday; the first and the last week reach into the neighbours. */
export function weeksOf(month: string): string[][] {
  const first = Date.parse(`${month}-01T00:00:00Z`);
  const sinceMonday = (new Date(first).getUTCDay() + 6) % 7;
  const weeks: string[][] = [];
  for (let day = first - sinceMonday * DAY_MS; weeks.length === 0 || toDay(day).startsWith(month); ) {
    weeks.push(Array.from({ length: 7 }, (_, index) => toDay(day + index * DAY_MS)));
    day += 7 * DAY_MS;
  }
  return weeks;
}

function toDay(epochMs: number): string {
  return new Date(epochMs).toISOString().slice(0, 10);
}

/** The month so many months later, or earlier. */
export function addMonths(month: string, months: number): string {
  const [year, index] = month.split('-').map(Number) as [number, number];
  return new Date(Date.UTC(year, index - 1 + months, 1)).toISOString().slice(0, 7);
}
