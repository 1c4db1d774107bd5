/** Chinese providers speak Beijing time, which has had no summer time since 1991. */
import { HOUR_MS } from '../kernel/clock.ts';

const OFFSET_MS = 8 * HOUR_MS;

/** A time in whole seconds of Beijing: `2026-11-20 20:15:00`. */
export function toBeijingTime(epochMs: number): string {
  return new Date(epochMs + OFFSET_MS).toISOString().slice(0, 19).replace('T', ' ');
}

/** Reads such a time, which may carry milliseconds; `undefined` when it is none. */
export function parseBeijingTime(text: string | undefined): number | undefined {
  const match = /^(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2})(?:\.\d{1,3})?$/.exec(text ?? '');
  const time = match ? Date.parse(`${match[1]}T${match[2]}+08:00`) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}

/** The day that it is in Beijing: `2026-11-20`. */
export function toBeijingDay(epochMs: number): string {
  return toBeijingTime(epochMs).slice(0, 10);
}

/** The same without marks: `20261120201500`. */
export function toCompactTime(epochMs: number): string {
  return toBeijingTime(epochMs).replace(/\D/g, '');
}

/** Reads a time without marks; `undefined` when it is none. */
export function parseCompactTime(text: string | undefined): number | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(text ?? '');
  const [, year, month, day, hour, minute, second] = match ?? [];
  return match ? parseBeijingTime(`${year}-${month}-${day} ${hour}:${minute}:${second}`) : undefined;
}
