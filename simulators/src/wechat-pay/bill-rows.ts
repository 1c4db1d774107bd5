import { type Faults, numberParam } from '../faults.ts';
import type { Refund } from './refunds.ts';
import type { Trade } from './trades.ts';

/** One line of a bill before it is formatted: a payment, or a refund of it. Amounts in fen. */
export interface BillRow {
  at: number;
  trade: Trade;
  refund: Refund | null;
  amount: number;
  /** Negative where a refund gives part of the fee back. */
  fee: number;
}

/** WeChat's usual rate, in basis points. */
export const FEE_BASIS_POINTS = 60;

export const BILL_FAULTS = ['missing_row', 'extra_row', 'amount_differs', 'fee_differs'] as const;
const ROW_FAULTS = ['missing_row', 'amount_differs', 'fee_differs'];

/** Rounded half up to a fen. */
export function feeOf(total: number): number {
  return Math.floor((total * FEE_BASIS_POINTS + 5000) / 10_000);
}

/** What a refund returns of the fee: in proportion, rounded half up. */
function feeReturned(refund: Refund): number {
  return Math.floor((2 * feeOf(refund.total) * refund.refund + refund.total) / (2 * refund.total));
}

/** Payments and refunds of a span of time, oldest first. */
export function collectRows(trades: Trade[], refunds: Refund[], start: number, end: number): BillRow[] {
  const byNumber = new Map(trades.map((trade) => [trade.outTradeNo, trade]));
  const payments = trades.map((trade): BillRow => {
    return { at: trade.paidAt ?? 0, trade, refund: null, amount: trade.total, fee: feeOf(trade.total) };
  });
  const returns = refunds.flatMap((refund): BillRow[] => {
    const trade = byNumber.get(refund.outTradeNo);
    if (trade === undefined) {
      return [];
    }
    return [{ at: refund.createdAt, trade, refund, amount: refund.refund, fee: -feeReturned(refund) }];
  });
  return [...payments, ...returns]
    .filter((row) => row.at >= start && row.at < end)
    .sort((left, right) => left.at - right.at);
}

/** Lets fault plans make a bill disagree with what happened. */
export function disturbRows(
  rows: BillRow[],
  { provider, operation, faults }: { provider: string; operation: string; faults: Faults },
): BillRow[] {
  const disturbed = rows.flatMap((row): BillRow[] => {
    const subject = { outTradeNo: row.trade.outTradeNo, outRefundNo: row.refund?.outRefundNo };
    const fault = faults.take(provider, operation, ROW_FAULTS, subject);
    if (fault === undefined) {
      return [row];
    }
    if (fault.kind === 'missing_row') {
      return [];
    }
    const by = numberParam(fault, 'by', 1);
    return [
      fault.kind === 'amount_differs' ? { ...row, amount: row.amount + by } : { ...row, fee: row.fee + by },
    ];
  });
  const pattern = rows[0];
  const extra = pattern === undefined ? undefined : faults.take(provider, operation, ['extra_row'], {});
  if (pattern === undefined || extra === undefined) {
    return disturbed;
  }
  const amount = numberParam(extra, 'total', 100);
  const trade: Trade = {
    ...pattern.trade,
    outTradeNo: `EXTRA${pattern.trade.outTradeNo}`.slice(0, 32),
    transactionId: `4299${pattern.trade.transactionId?.slice(4) ?? ''}`,
    total: amount,
  };
  return [...disturbed, { at: pattern.at, trade, refund: null, amount, fee: feeOf(amount) }];
}
