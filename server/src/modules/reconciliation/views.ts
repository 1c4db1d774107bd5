/** What the routes answer; never a row. */
import { z } from 'zod';
import { toIso } from '../../kernel/clock.ts';
import type { DifferenceCount, RunReport } from './queries.ts';
import { isAskable } from './repair.ts';
import type { BillDifferenceRow, BillRunRow, BillSumRow } from './tables.ts';

export const KINDS = [
  'missing_here',
  'missing_there',
  'amount',
  'merchant',
  'status',
  'fee',
  'duplicate',
] as const;
export const STATES = ['carried', 'open', 'explained', 'resolved'] as const;
export const TYPES = ['payment', 'refund', 'dispute', 'other'] as const;
export const RESOLUTIONS = ['accepted', 'booked_elsewhere', 'provider_error'] as const;

const countView = z.object({ kind: z.enum(KINDS), state: z.enum(STATES), count: z.int() });

export const runView = z.object({
  id: z.string(),
  status: z.enum(['waiting', 'done']),
  provider: z.string(),
  merchantAccount: z.string(),
  date: z.string(),
  fromAt: z.string(),
  toAt: z.string(),
  dueAt: z.string(),
  lines: z.int(),
  outcome: z.enum(['ready', 'empty', 'not_ready', 'unknown']).nullable(),
  reason: z.string().nullable(),
  askedAt: z.string().nullable(),
  downloadedAt: z.string().nullable(),
  finishedAt: z.string().nullable(),
  differences: z.array(countView),
});

const sumView = z.object({
  type: z.enum(TYPES),
  currency: z.string(),
  bill: z.object({ count: z.int(), amount: z.int(), fee: z.int() }),
  here: z.object({ count: z.int(), amount: z.int(), fee: z.int() }),
  ledgerAmount: z.int(),
  /** Whether the ledger has moved exactly what our books say. */
  isLedgerAgreed: z.boolean(),
  feePosted: z.int(),
});

export const reportView = runView.extend({ sums: z.array(sumView) });

const sideView = z
  .object({
    amount: z.int(),
    currency: z.string(),
    fee: z.int().nullable(),
    status: z.string(),
    merchantAccount: z.string().nullable(),
  })
  .nullable();

export const differenceView = z.object({
  id: z.string(),
  runId: z.string(),
  kind: z.enum(KINDS),
  state: z.enum(STATES),
  type: z.enum(TYPES),
  provider: z.string(),
  merchantAccount: z.string(),
  date: z.string(),
  number: z.string().nullable(),
  paymentNumber: z.string().nullable(),
  transactionId: z.string().nullable(),
  localId: z.string().nullable(),
  there: sideView,
  here: sideView,
  occurredAt: z.string(),
  /** Whether the provider can be asked about it. */
  isAskable: z.boolean(),
  askedAt: z.string().nullable(),
  answer: z.string().nullable(),
  resolution: z.enum(RESOLUTIONS).nullable(),
  note: z.string().nullable(),
  createdAt: z.string(),
  updatedAt: z.string(),
});

export function toRunView(run: BillRunRow, counts: readonly DifferenceCount[]): z.infer<typeof runView> {
  return {
    id: run.id,
    status: run.status,
    provider: run.provider,
    merchantAccount: run.merchant_account,
    date: run.bill_date,
    fromAt: toIso(run.from_at),
    toAt: toIso(run.to_at),
    dueAt: toIso(run.due_at),
    lines: run.line_count,
    outcome: run.outcome,
    reason: run.reason,
    askedAt: toIso(run.asked_at),
    downloadedAt: toIso(run.downloaded_at),
    finishedAt: toIso(run.finished_at),
    differences: counts.map(({ kind, state, count }) => ({ kind, state, count })),
  };
}

function toSumView(sum: BillSumRow): z.infer<typeof sumView> {
  return {
    type: sum.type,
    currency: sum.currency,
    bill: { count: sum.bill_count, amount: sum.bill_amount, fee: sum.bill_fee },
    here: { count: sum.here_count, amount: sum.here_amount, fee: sum.here_fee },
    ledgerAmount: sum.ledger_amount,
    isLedgerAgreed: sum.ledger_amount === sum.here_amount,
    feePosted: sum.fee_posted,
  };
}

export function toReportView({ run, sums, counts }: RunReport): z.infer<typeof reportView> {
  return { ...toRunView(run, counts), sums: sums.map(toSumView) };
}

function toSide(
  amount: number | null,
  currency: string | null,
  rest: { fee: number | null; status: string | null; merchantAccount: string | null },
): z.infer<typeof sideView> {
  return amount === null || currency === null
    ? null
    : { amount, currency, ...rest, status: rest.status ?? 'succeeded' };
}

export function toDifferenceView(row: BillDifferenceRow): z.infer<typeof differenceView> {
  return {
    id: row.id,
    runId: row.run_id,
    kind: row.kind,
    state: row.state,
    type: row.type,
    provider: row.provider,
    merchantAccount: row.merchant_account,
    date: row.bill_date,
    number: row.number,
    paymentNumber: row.payment_number,
    transactionId: row.transaction_id,
    localId: row.local_id,
    there: toSide(row.there_amount, row.there_currency, {
      ...{ fee: row.there_fee, status: row.there_status, merchantAccount: row.there_merchant },
    }),
    here: toSide(row.here_amount, row.here_currency, {
      ...{ fee: row.here_fee, status: row.here_status, merchantAccount: null },
    }),
    occurredAt: toIso(row.occurred_at),
    isAskable: isAskable(row) && row.state === 'open',
    askedAt: toIso(row.asked_at),
    answer: row.answer,
    resolution: row.resolution,
    note: row.note,
    createdAt: toIso(row.created_at),
    updatedAt: toIso(row.updated_at),
  };
}
