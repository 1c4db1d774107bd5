/** Stripe's bill: the balance transactions of a day of UTC, page by page. */
import { z } from 'zod';
import { type Clock, DAY_MS, HOUR_MS, SECOND_MS } from '../../kernel/clock.ts';
import type { BillRequest, BillRow, DownloadBillResult, GatewayReason } from '../gateway.ts';
import { balanceTransactionSchema, metadataSchema } from './charge.ts';
import type { StripeClient } from './client.ts';
import { MALFORMED_ANSWER } from './errors.ts';

const PAGE_SIZE = 100;

const sourceSchema = z.looseObject({
  id: z.string(),
  object: z.string(),
  amount: z.int().optional(),
  amount_captured: z.int().optional(),
  currency: z.string().optional(),
  metadata: metadataSchema,
});

const lineSchema = balanceTransactionSchema.extend({
  source: z.union([z.string(), sourceSchema]).nullish(),
});

const pageSchema = z.object({ has_more: z.boolean(), data: z.array(lineSchema) });

type Line = z.infer<typeof lineSchema>;
type Source = z.infer<typeof sourceSchema>;

/** What moves money for a payment or a refund; the rest (payouts, fees of their own, transfers) is `other`. */
const TYPES: Readonly<Record<string, BillRow['type']>> = {
  charge: 'payment',
  payment: 'payment',
  refund: 'refund',
  payment_refund: 'refund',
  refund_failure: 'refund',
  payment_failure_refund: 'refund',
};

const FAILED_REFUNDS: ReadonlySet<string> = new Set(['refund_failure', 'payment_failure_refund']);

function typeOf({ type, reporting_category: category }: Line): BillRow['type'] {
  if (type === 'adjustment' && category?.startsWith('dispute')) {
    return 'dispute';
  }
  return TYPES[type] ?? 'other';
}

/** In the payment's own currency where the source tells it; the account may be settled in another one. */
function amountOf(line: Line, source: Source | undefined): BillRow['amount'] {
  const own = source?.object === 'charge' ? source.amount_captured : source?.amount;
  return own !== undefined && source?.currency !== undefined
    ? { amount: own, currency: source.currency.toUpperCase() }
    : { amount: Math.abs(line.amount), currency: line.currency.toUpperCase() };
}

/**
 * A payment and a refund are numbered by what moved, so that they meet our rows; a dispute moves money more than once, and a
 * refund may be taken back, so those are numbered by the movement itself.
 */
export function toBillRow(line: Line, merchantAccount: string): BillRow {
  const type = typeOf(line);
  const source = typeof line.source === 'object' && line.source ? line.source : undefined;
  const sourceId = typeof line.source === 'string' ? line.source : source?.id;
  const hasFailed = FAILED_REFUNDS.has(line.type);
  const isOurs = type === 'payment' || type === 'refund';
  // A dispute is asked for and booked in the payment's currency; the account may be settled in another one.
  const isConverted =
    type === 'dispute' && source?.currency !== undefined && source.currency !== line.currency;
  const amount = amountOf(line, isOurs || isConverted ? source : undefined);
  const { payment_id: paymentId = null, refund_id: refundId = null } = source?.metadata ?? {};
  const numbers = { payment: paymentId, refund: refundId, dispute: null, other: null };
  return {
    type,
    number: numbers[type],
    paymentNumber: paymentId,
    transactionId: (isOurs && !hasFailed && sourceId) || line.id,
    amount,
    fee: amount.currency === line.currency.toUpperCase() ? line.fee : null,
    status: hasFailed ? 'failed' : 'succeeded',
    occurredAt: line.created * SECOND_MS,
    merchantAccount,
  };
}

interface Page {
  readonly rows: readonly BillRow[];
  /** Where the next page begins; `undefined` after the last one. */
  readonly next: string | undefined;
}

export interface BillDeps {
  readonly client: StripeClient;
  readonly accountId: string;
  readonly clock: Clock;
}

export function createDownloadBill({ client, accountId, clock }: BillDeps) {
  async function readPage(date: string, after: string | undefined): Promise<Page | GatewayReason> {
    const from = Date.parse(`${date}T00:00:00Z`) / SECOND_MS;
    const answer = await client.call(
      { operation: 'list_balance_transactions', subject: date, isSafeToRepeat: true },
      async (sdk) =>
        await sdk.balanceTransactions.list({
          created: { gte: from, lt: from + DAY_MS / SECOND_MS },
          limit: PAGE_SIZE,
          expand: ['data.source'],
          ...(after !== undefined && { starting_after: after }),
        }),
    );
    if (answer.kind !== 'done') {
      return answer.reason;
    }
    const { data: page } = pageSchema.safeParse(answer.body);
    return page
      ? {
          rows: page.data.map((line) => toBillRow(line, accountId)),
          next: page.has_more ? page.data.at(-1)?.id : undefined,
        }
      : MALFORMED_ANSWER;
  }

  async function* readOn(date: string, first: Page): AsyncGenerator<BillRow> {
    let page = first;
    for (;;) {
      yield* page.rows;
      if (page.next === undefined) {
        return;
      }
      const next = await readPage(date, page.next);
      if ('code' in next) {
        throw new Error(`the bill of ${date} broke off: ${next.code}`);
      }
      page = next;
    }
  }

  return async ({ date }: BillRequest): Promise<DownloadBillResult> => {
    const readyAt = Date.parse(`${date}T00:00:00Z`) + DAY_MS + HOUR_MS;
    if (clock.now() < readyAt) {
      return { outcome: 'not_ready' };
    }
    const first = await readPage(date, undefined);
    if ('code' in first) {
      return { outcome: 'unknown', reason: first };
    }
    return first.rows.length === 0 ? { outcome: 'empty' } : { outcome: 'ready', rows: readOn(date, first) };
  };
}
