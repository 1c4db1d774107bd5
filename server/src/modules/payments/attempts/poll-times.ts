/** When an attempt is asked for next; no database is needed to know. */
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../kernel/clock.ts';
import type { PaymentRow } from '../tables.ts';

const POLL_OFFSETS_MS = [
  5 * SECOND_MS,
  30 * SECOND_MS,
  MINUTE_MS,
  3 * MINUTE_MS,
  5 * MINUTE_MS,
  10 * MINUTE_MS,
  30 * MINUTE_MS,
];
const POLL_EVERY_MS = 30 * MINUTE_MS;
const SWEEP_EVERY_MS = 6 * HOUR_MS;
/** How often an attempt is asked for because somebody reads it or a hint names it (RULES 6, 9). */
export const MINIMUM_QUERY_INTERVAL_MS = 5 * SECOND_MS;
/** How long before the end of a hold staff is told. */
export const HOLD_WARNING_MS = DAY_MS;

/**
 * When an open attempt is asked for next: 5 s, 30 s, 1, 3, 5, 10 and 30 minutes after its creation, then every half hour;
 * and once just after its expiry, when it is closed if nobody else has.
 */
export function nextPollAt(row: Pick<PaymentRow, 'created_at' | 'expires_at'>, now: number): number {
  const offset = POLL_OFFSETS_MS.find((candidate) => row.created_at + candidate > now);
  const regular = offset === undefined ? now + POLL_EVERY_MS : row.created_at + offset;
  const abandonedAt = row.expires_at + ABANDONED_AFTER_MS;
  return abandonedAt > now ? Math.min(regular, abandonedAt) : regular;
}

/**
 * When the poll job of an open attempt runs next; `null` for one that is paid on delivery, which nobody needs to ask for.
 * A review is looked at when its deadline passes, a hold four times a day, a day before it ends and when it does.
 */
export function nextRunAt(row: PaymentRow, now: number): number | null {
  const abandonedAt = Math.max(row.expires_at, row.held_until ?? 0) + ABANDONED_AFTER_MS;
  const soonest = (...times: readonly number[]) => Math.min(...times.filter((at) => at > now));
  if (row.status === 'requires_review') {
    return soonest(row.held_until ?? abandonedAt, abandonedAt, now + SWEEP_EVERY_MS);
  }
  if (row.status === 'authorized') {
    const until = row.authorised_until ?? 0;
    return soonest(until - HOLD_WARNING_MS, until, now + (until > now ? SWEEP_EVERY_MS : POLL_EVERY_MS));
  }
  if (row.settlement === 'on_delivery' && row.status === 'pending') {
    return null;
  }
  return row.settlement === 'online' ? nextPollAt(row, now) : soonest(abandonedAt, now + SWEEP_EVERY_MS);
}

/** Whether nobody waits for it any more: its owner has had the time to close it, or another has taken its place. */
export function isAbandoned(row: PaymentRow, now: number): boolean {
  const until = Math.max(row.expires_at, row.held_until ?? 0);
  return row.live_key === null || until + ABANDONED_AFTER_MS <= now;
}

/** How long after its expiry an attempt is left to its purpose's owner before the poll closes it itself. */
const ABANDONED_AFTER_MS = 5 * MINUTE_MS;

/** When a closed or failed attempt is swept for late money next; `null` when the provider can report none any more. */
export function nextSweepAt(
  row: Pick<PaymentRow, 'closed_at' | 'updated_at'>,
  windowMs: number,
  now: number,
): number | null {
  const until = (row.closed_at ?? row.updated_at) + windowMs;
  if (now >= until) {
    return null;
  }
  return Math.min(now + SWEEP_EVERY_MS, until);
}
