/** Where the program's time comes from. Every module takes the time from here (or from `tx.now`), so that tests can move it. */
export interface Clock {
  /** Milliseconds since 1970 (UTC). */
  now(): number;
}

/** The real time. */
export const systemClock: Clock = { now: () => Date.now() };

/** A clock that stands still until a test moves it. */
export interface FakeClock extends Clock {
  advance(ms: number): void;
  set(epochMs: number): void;
}

/** A fake clock that stands at `startAt` (ms). */
export function createFakeClock(startAt: number): FakeClock {
  let current = startAt;
  return {
    now: () => current,
    advance: (ms) => {
      current += ms;
    },
    set: (epochMs) => {
      current = epochMs;
    },
  };
}

/** ISO 8601 in UTC, the only form of a time at the API. `null` stays `null`. */
export function toIso(epochMs: number): string;
export function toIso(epochMs: number | null): string | null;
export function toIso(epochMs: number | null): string | null {
  return epochMs === null ? null : new Date(epochMs).toISOString();
}

/** A second in milliseconds. */
export const SECOND_MS = 1_000;
/** A minute in milliseconds. */
export const MINUTE_MS = 60_000;
/** An hour in milliseconds. */
export const HOUR_MS = 3_600_000;
/** A day of 24 hours in milliseconds. */
export const DAY_MS = 86_400_000;
