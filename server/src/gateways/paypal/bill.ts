/**
 * The day's report: every transaction of a UTC day that moved the balance, page by page. PayPal's report is up to three hours
 * behind and says how far it reaches; a day that it does not reach to the end of is not ready. More than ten thousand lines
 * are refused at once, so such a day is asked for in halves.
 */
import { z } from 'zod';
import { DAY_MS, MINUTE_MS, SECOND_MS } from '../../kernel/clock.ts';
import type { BillRequest, BillRow, DownloadBillResult, GatewayReason } from '../gateway.ts';
import { TRANSACTION_STATUSES, typeOfCode } from './bill-codes.ts';
import type { PaypalClient } from './client.ts';
import { MALFORMED_ANSWER } from './issues.ts';
import { moneySchema, readPaypalMoney } from './money.ts';
import { parseTime } from './order.ts';
import { splitCustomId } from './refund-reading.ts';

const PAGE_SIZE = 500;
const PAGE_TIMEOUT_MS = 30_000;

const transactionSchema = z.object({
  transaction_info: z.object({
    transaction_id: z.string().min(1),
    transaction_event_code: z.string(),
    transaction_initiation_date: z.string(),
    transaction_amount: moneySchema,
    fee_amount: moneySchema.optional(),
    transaction_status: z.string(),
    custom_field: z.string().optional(),
  }),
});

const pageSchema = z.object({
  account_number: z.string().optional(),
  last_refreshed_datetime: z.string().optional(),
  total_pages: z.int().min(0).default(1),
  transaction_details: z.array(transactionSchema).default([]),
});

type Transaction = z.infer<typeof transactionSchema>['transaction_info'];
type Page = z.infer<typeof pageSchema>;

interface Window {
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
}

type PageAnswer =
  | { readonly kind: 'page'; readonly page: Page }
  | { readonly kind: 'too_many' }
  | { readonly kind: 'failed'; readonly reason: GatewayReason };

/** In whole seconds, the finest that the report knows. */
const toReportTime = (epochMs: number) => `${new Date(epochMs).toISOString().slice(0, 19)}Z`;

function numbersOf({ custom_field }: Transaction, type: BillRow['type']) {
  if (custom_field === undefined || custom_field === '') {
    return { number: null, paymentNumber: null };
  }
  const { paymentId, refundId } = splitCustomId(custom_field);
  // The report numbers what a dispute moves otherwise than the dispute does: they meet under the payment's number.
  const numbers = { payment: paymentId, dispute: paymentId, refund: refundId, other: refundId };
  return { number: numbers[type], paymentNumber: type === 'payment' ? null : paymentId };
}

function toRow(transaction: Transaction, merchantAccount: string): BillRow {
  const amount = readPaypalMoney(transaction.transaction_amount);
  const fee = transaction.fee_amount && readPaypalMoney(transaction.fee_amount);
  const occurredAt = parseTime(transaction.transaction_initiation_date);
  const { transaction_status: status, transaction_id: transactionId } = transaction;
  if (!amount || occurredAt === undefined || !Object.hasOwn(TRANSACTION_STATUSES, status)) {
    throw new Error(`the transaction ${transactionId} of PayPal's report can not be read`);
  }
  const type = typeOfCode(transaction.transaction_event_code, amount.amount > 0);
  return {
    type,
    ...numbersOf(transaction, type),
    transactionId,
    amount: { ...amount, amount: Math.abs(amount.amount) },
    // The report shows what moved our balance: a fee that PayPal keeps is negative there.
    fee: fee ? 0 - fee.amount : null,
    status: TRANSACTION_STATUSES[status as keyof typeof TRANSACTION_STATUSES],
    occurredAt,
    merchantAccount,
  };
}

export function createDownloadBill(client: PaypalClient, merchantId: string) {
  async function askPage({ from, to }: Window, page: number): Promise<PageAnswer> {
    const query = new URLSearchParams({
      start_date: toReportTime(from),
      end_date: toReportTime(to - SECOND_MS),
      fields: 'transaction_info',
      balance_affecting_records_only: 'Y',
      page_size: String(PAGE_SIZE),
      page: String(page),
    });
    const answer = await client.call({
      operation: 'report',
      method: 'GET',
      path: `/v1/reporting/transactions?${query.toString()}`,
      timeoutMs: PAGE_TIMEOUT_MS,
      isSafeToRepeat: true,
    });
    if (answer.kind === 'done') {
      const { data } = pageSchema.safeParse(answer.body);
      return data ? { kind: 'page', page: data } : { kind: 'failed', reason: MALFORMED_ANSWER };
    }
    return answer.reason.code === 'RESULTSET_TOO_LARGE'
      ? { kind: 'too_many' }
      : { kind: 'failed', reason: answer.reason };
  }

  async function* rowsOf(window: Window, known?: PageAnswer): AsyncGenerator<BillRow> {
    const first = known ?? (await askPage(window, 1));
    if (first.kind === 'too_many' && window.to - window.from > MINUTE_MS) {
      const middle = Math.floor((window.from + window.to) / 2 / SECOND_MS) * SECOND_MS;
      yield* rowsOf({ from: window.from, to: middle });
      yield* rowsOf({ from: middle, to: window.to });
      return;
    }
    let answer = first;
    for (let number = 1; ; number += 1) {
      if (answer.kind !== 'page') {
        throw new Error(
          `PayPal's report broke off: ${answer.kind === 'failed' ? answer.reason.code : answer.kind}`,
        );
      }
      const account = answer.page.account_number ?? merchantId;
      yield* answer.page.transaction_details.map(({ transaction_info }) => toRow(transaction_info, account));
      if (number >= answer.page.total_pages) {
        return;
      }
      answer = await askPage(window, number + 1);
    }
  }

  return async ({ date }: BillRequest): Promise<DownloadBillResult> => {
    const from = Date.parse(`${date}T00:00:00Z`);
    const window = { from, to: from + DAY_MS };
    const first = await askPage(window, 1);
    if (first.kind === 'failed') {
      return { outcome: 'unknown', reason: first.reason };
    }
    if (first.kind === 'too_many') {
      return { outcome: 'ready', rows: rowsOf(window, first) };
    }
    const refreshedAt = parseTime(first.page.last_refreshed_datetime);
    if (refreshedAt !== undefined && refreshedAt < window.to) {
      return { outcome: 'not_ready' };
    }
    return first.page.transaction_details.length === 0
      ? { outcome: 'empty' }
      : { outcome: 'ready', rows: rowsOf(window, first) };
  };
}
