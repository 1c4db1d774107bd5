/**
 * Where a refund stands, by the bills. The platform's query says that a refund is there and no more, so the word that it is
 * done comes from the bill of the day on which it was made, on the next morning.
 */
import type { Clock } from '../../kernel/clock.ts';
import { DAY_MS, HOUR_MS } from '../../kernel/clock.ts';
import { parseBeijingTime, toBeijingDay } from '../beijing-time.ts';
import type { BillRequest, BillRow, DownloadBillResult } from '../gateway.ts';

const READY_AFTER_MS = 10 * HOUR_MS;
/** A refund that was refused for a while may be done days after it was first asked for. */
const MAX_DAYS = 7;
/** A bill does not change once it is there; it is only not kept for ever. */
const KEPT_MS = 6 * HOUR_MS;

type Refunds = ReadonlyMap<string, BillRow>;

interface KeptDay {
  readonly refunds: Promise<Refunds | undefined>;
  readonly until: number;
}

export interface BilledRefundsDeps {
  readonly clock: Clock;
  readonly downloadBill: (request: BillRequest) => Promise<DownloadBillResult>;
}

const startOf = (day: string): number => parseBeijingTime(`${day} 00:00:00`) as number;

/** The days whose bills may have it and are there, the newest first. */
function daysToAsk(since: number, now: number): string[] {
  const days: string[] = [];
  let start = startOf(toBeijingDay(now)) - DAY_MS;
  while (days.length < MAX_DAYS && start + DAY_MS > since) {
    if (start + DAY_MS + READY_AFTER_MS <= now) {
      days.push(toBeijingDay(start));
    }
    start -= DAY_MS;
  }
  return days;
}

export function createBilledRefunds({ clock, downloadBill }: BilledRefundsDeps) {
  const kept = new Map<string, KeptDay>();

  /** `undefined` where the bill could not be had. */
  async function load(date: string): Promise<Refunds | undefined> {
    const bill = await downloadBill({ date });
    switch (bill.outcome) {
      case 'ready': {
        const refunds = new Map<string, BillRow>();
        for await (const row of bill.rows) {
          if (row.type === 'refund' && row.number !== null) {
            refunds.set(row.number, row);
          }
        }
        return refunds;
      }
      case 'empty':
        return new Map();
      case 'not_ready':
      case 'unknown':
        return undefined;
    }
  }

  function refundsOf(date: string): Promise<Refunds | undefined> {
    const now = clock.now();
    for (const [day, { until }] of kept) {
      if (until <= now) {
        kept.delete(day);
      }
    }
    const known = kept.get(date);
    if (known) {
      return known.refunds;
    }
    const refunds = load(date);
    kept.set(date, { refunds, until: now + KEPT_MS });
    const forget = () => void kept.delete(date);
    refunds.then((found) => found ?? forget(), forget);
    return refunds;
  }

  /** The line of the refund in the bills since then; `undefined` while no bill has it. */
  return async (id: string, since: number): Promise<BillRow | undefined> => {
    for (const day of daysToAsk(since, clock.now())) {
      const row = (await refundsOf(day))?.get(id);
      if (row) {
        return row;
      }
    }
    return undefined;
  };
}
