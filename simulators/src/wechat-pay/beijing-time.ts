// WeChat Pay speaks Beijing time, which has had no summer time since 1991.

const OFFSET_MS = 8 * 60 * 60 * 1000;
const DAY_MS = 24 * 60 * 60 * 1000;

/** RFC 3339 with the offset +08:00 and whole seconds. */
export function toRfc3339(epochMs: number): string {
  return `${local(epochMs).slice(0, 19)}+08:00`;
}

/** `2026-01-31 08:30:00`, as in bills. */
export function toBillTime(epochMs: number): string {
  return local(epochMs).slice(0, 19).replace('T', ' ');
}

/** `20260131083000`, as inside numbers that WeChat gives. */
export function toDigits(epochMs: number): string {
  return local(epochMs).replace(/\D/g, '').slice(0, 14);
}

export function toDate(epochMs: number): string {
  return local(epochMs).slice(0, 10);
}

/** Start and end of a Beijing day in epoch milliseconds, or undefined for a date that does not exist. */
export function dayRange(date: string): { start: number; end: number } | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date)) {
    return undefined;
  }
  const start = Date.parse(`${date}T00:00:00+08:00`);
  if (Number.isNaN(start) || toDate(start) !== date) {
    return undefined;
  }
  return { start, end: start + DAY_MS };
}

function local(epochMs: number): string {
  return new Date(epochMs + OFFSET_MS).toISOString();
}
