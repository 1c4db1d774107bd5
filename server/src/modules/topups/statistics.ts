/** Figures of top-ups for people; days are those of Asia/Shanghai. Nothing here decides about money. */
import { DAY_MS, HOUR_MS } from '../../kernel/clock.ts';
import type { Reader } from '../../kernel/db/index.ts';

/** China has one time all year round. */
const OFFSET_MS = 8 * HOUR_MS;

/** The day of a time, as `yyyy-mm-dd`. */
export function dayOf(at: number): string {
  return new Date(at + OFFSET_MS).toISOString().slice(0, 10);
}

/** When a day begins (ms). */
export function startOfDay(day: string): number {
  return Date.parse(`${day}T00:00:00Z`) - OFFSET_MS;
}

/** When the month of a day begins (ms). */
export function startOfMonth(day: string): number {
  return startOfDay(`${day.slice(0, 7)}-01`);
}

/** From the first millisecond to the last one before `until`, by the time of payment. */
export interface Period {
  readonly from: number;
  readonly until: number;
}

export interface Group {
  readonly operator: string;
  readonly type: string;
  /** Where the delivery stands. */
  readonly status: string;
  readonly count: number;
  /** What customers have paid, in minor units. */
  readonly amount: number;
  readonly currency: string;
}

export interface Revenue {
  readonly currency: string;
  /** Everything that was paid for. */
  readonly paid: { readonly count: number; readonly amount: number };
  readonly delivered: { readonly count: number; readonly amount: number };
  /** Not delivered, and returned or on its way back. */
  readonly returned: { readonly count: number; readonly amount: number };
}

export interface Figures {
  readonly groups: readonly Group[];
  /** One for each currency. */
  readonly revenue: readonly Revenue[];
}

/** Paid top-ups of the period, by operator, type and where they stand now. */
export async function readFigures(reader: Reader, { from, until }: Period): Promise<Figures> {
  const rows = await reader.query
    .selectFrom('topups')
    .innerJoin('orders', 'orders.id', 'topups.order_id')
    .select((select) => [
      'topups.operator',
      'topups.type',
      'topups.currency',
      'orders.fulfilment_status as status',
      select.fn.countAll<number>().as('count'),
      select.fn.sum<number>('topups.amount').as('amount'),
    ])
    .where('topups.paid_at', '>=', from)
    .where('topups.paid_at', '<', until)
    .groupBy(['topups.operator', 'topups.type', 'topups.currency', 'orders.fulfilment_status'])
    .orderBy('topups.operator')
    .orderBy('topups.type')
    .orderBy('orders.fulfilment_status')
    .execute();
  const groups = rows.map((row): Group => ({ ...row, count: Number(row.count), amount: Number(row.amount) }));
  const currencies = [...new Set(groups.map(({ currency }) => currency))].sort();
  return { groups, revenue: currencies.map((currency) => sumUp(groups, currency)) };
}

function sumUp(groups: readonly Group[], currency: string): Revenue {
  const sumOf = (isCounted: (status: string) => boolean) => {
    const counted = groups.filter((group) => group.currency === currency && isCounted(group.status));
    return {
      count: counted.reduce((sum, { count }) => sum + count, 0),
      amount: counted.reduce((sum, { amount }) => sum + amount, 0),
    };
  };
  return {
    currency,
    paid: sumOf(() => true),
    delivered: sumOf((status) => status === 'fulfilled'),
    returned: sumOf((status) => status === 'cancelled'),
  };
}

/** Of the day in which `now` is, and of its month so far. */
export async function readToday(
  reader: Reader,
  now: number,
): Promise<{ readonly day: string; readonly today: Figures; readonly month: Figures }> {
  const day = dayOf(now);
  const until = startOfDay(day) + DAY_MS;
  return {
    day,
    today: await readFigures(reader, { from: startOfDay(day), until }),
    month: await readFigures(reader, { from: startOfMonth(day), until }),
  };
}
