/** What has moved at a provider according to our books; what reconciliation compares a bill with. Reads only. */
import { type Reader, statement } from '../../../kernel/db/index.ts';
import type { Money } from '../../../kernel/money.ts';
import { readMoved } from '../../ledger/index.ts';
import type { CaptureRow, RefundRow } from '../tables.ts';

/** A merchant account at a provider. */
export interface ProviderAccount {
  readonly provider: string;
  readonly merchantAccount: string;
}

/** A capture or a refund, as a bill would name it. */
export interface BookedMoney {
  readonly type: 'payment' | 'refund';
  /** The capture's or the refund's id. */
  readonly id: string;
  /** Our number at the provider: the payment's, or the refund's. */
  readonly number: string;
  readonly paymentNumber: string;
  readonly transactionId: string | null;
  readonly merchantAccount: string;
  readonly amount: Money;
  readonly status: 'succeeded' | 'pending' | 'failed';
  /** When the provider moved it (ms), as far as we know. */
  readonly occurredAt: number;
  /** What has accrued as the provider's share; negative where it gives it back; `null` when nothing was posted. */
  readonly fee: number | null;
  /** What its transfer has moved at the provider, positive either way; `null` when there is none. */
  readonly ledgerAmount: number | null;
}

/** How a line of a bill names what it is about. */
export interface BillKey {
  readonly transactionId: string | null;
  readonly number: string | null;
}

/** Which page of the money that moved in a span of time. */
export interface BookedPage {
  /** Inclusive (ms). */
  readonly from: number;
  /** Exclusive (ms). */
  readonly to: number;
  readonly after: { readonly occurredAt: number; readonly id: string } | null;
  readonly limit: number;
}

/** One kind of money in our books. */
export interface Book {
  readonly type: BookedMoney['type'];
  /** Everything that one of the keys names, by the provider's number or by ours; whatever its status and account. */
  find(db: Reader, account: ProviderAccount, keys: readonly BillKey[]): Promise<BookedMoney[]>;
  /** What succeeded in a span of time, in the order of time and id; without what the ledger says of it. */
  page(db: Reader, account: ProviderAccount, page: BookedPage): Promise<BookedMoney[]>;
}

/** What is read of a capture or a refund: the rest would only fill the memory. */
const OF_CAPTURE = [
  ...(['id', 'status', 'payment_id', 'merchant_account', 'provider_capture_id'] as const),
  ...(['amount', 'currency', 'captured_at', 'created_at'] as const),
] as const;
const OF_REFUND = [
  ...(['id', 'status', 'payment_id', 'merchant_account', 'provider_refund_id'] as const),
  ...(['amount', 'currency', 'succeeded_at', 'created_at'] as const),
] as const;

type CapturePart = Pick<CaptureRow, (typeof OF_CAPTURE)[number]>;
type RefundPart = Pick<RefundRow, (typeof OF_REFUND)[number]>;
type Unposted = Omit<BookedMoney, 'fee' | 'ledgerAmount'>;
type Span = ProviderAccount & { from: number; to: number; at: number; id: string; limit: number };

const capturesInSpan = statement<Span, CapturePart>((query, p) =>
  query
    .selectFrom('captures')
    .select(OF_CAPTURE)
    .where('provider', '=', p.provider)
    .where('merchant_account', '=', p.merchantAccount)
    .where('captured_at', '>=', p.from)
    .where('captured_at', '<', p.to)
    .where('status', '=', 'succeeded')
    .where((where) =>
      where.or([
        where('captured_at', '>', p.at),
        where.and([where('captured_at', '=', p.at), where('id', '>', p.id)]),
      ]),
    )
    .orderBy('captured_at')
    .orderBy('id')
    .limit(p.limit),
);

const refundsInSpan = statement<Span, RefundPart>((query, p) =>
  query
    .selectFrom('refunds')
    .select(OF_REFUND)
    .where('provider', '=', p.provider)
    .where('merchant_account', '=', p.merchantAccount)
    .where('succeeded_at', '>=', p.from)
    .where('succeeded_at', '<', p.to)
    .where('status', '=', 'succeeded')
    // What people paid out for a provider is in no bill of its.
    .where('paid_from', 'is', null)
    .where((where) =>
      where.or([
        where('succeeded_at', '>', p.at),
        where.and([where('succeeded_at', '=', p.at), where('id', '>', p.id)]),
      ]),
    )
    .orderBy('succeeded_at')
    .orderBy('id')
    .limit(p.limit),
);

const CAPTURE_STATUS: Readonly<Record<CaptureRow['status'], BookedMoney['status']>> = {
  requested: 'pending',
  unknown: 'pending',
  succeeded: 'succeeded',
  failed: 'failed',
};

const OPEN_REFUNDS: readonly RefundRow['status'][] = ['reserved', 'sent', 'unknown', 'abnormal'];

function fromCapture(row: CapturePart): Unposted {
  return {
    type: 'payment',
    id: row.id,
    number: row.payment_id,
    paymentNumber: row.payment_id,
    transactionId: row.provider_capture_id,
    merchantAccount: row.merchant_account,
    amount: { amount: row.amount, currency: row.currency },
    status: CAPTURE_STATUS[row.status],
    occurredAt: row.captured_at ?? row.created_at,
  };
}

function fromRefund(row: RefundPart): Unposted {
  const open = OPEN_REFUNDS.includes(row.status) ? 'pending' : 'failed';
  return {
    type: 'refund',
    id: row.id,
    number: row.id,
    paymentNumber: row.payment_id,
    transactionId: row.provider_refund_id,
    merchantAccount: row.merchant_account,
    amount: { amount: row.amount, currency: row.currency },
    status: row.status === 'succeeded' ? 'succeeded' : open,
    occurredAt: row.succeeded_at ?? row.created_at,
  };
}

const CAUSES = {
  payment: { money: 'capture', fee: 'fee', sign: 1 },
  refund: { money: 'refund', fee: 'refund_fee', sign: -1 },
} as const;

/** Adds what the ledger says of each; its transfers have one cause each. */
async function withPostings(db: Reader, found: readonly Unposted[]): Promise<BookedMoney[]> {
  const causes = found.flatMap(({ type, id }) => [
    `${CAUSES[type].money}:${id}`,
    `${CAUSES[type].fee}:${id}`,
  ]);
  const moved = await readMoved(db, causes);
  return found.map((money) => {
    const { money: cause, fee, sign } = CAUSES[money.type];
    const clearing = moved.get(`${cause}:${money.id}`)?.clearing;
    return {
      ...money,
      fee: moved.get(`${fee}:${money.id}`)?.fees ?? null,
      ledgerAmount: clearing === undefined ? null : sign * clearing,
    };
  });
}

const unposted = (money: Unposted): BookedMoney => ({ ...money, fee: null, ledgerAmount: null });

const present = (values: readonly (string | null)[]): string[] => [
  ...new Set(values.filter((value) => value !== null)),
];

async function findCaptures(
  db: Reader,
  { provider, merchantAccount }: ProviderAccount,
  keys: readonly BillKey[],
): Promise<CapturePart[]> {
  const all = () => db.query.selectFrom('captures').select(OF_CAPTURE).where('provider', '=', provider);
  const transactionIds = present(keys.map(({ transactionId }) => transactionId));
  const named =
    transactionIds.length === 0
      ? []
      : await all()
          .where('merchant_account', '=', merchantAccount)
          .where('provider_capture_id', 'in', transactionIds)
          .execute();
  const known = new Set(named.map((row) => row.provider_capture_id));
  const numbers = present(
    keys.filter(({ transactionId }) => !known.has(transactionId ?? '')).map(({ number }) => number),
  );
  const numbered = numbers.length === 0 ? [] : await all().where('payment_id', 'in', numbers).execute();
  return [...new Map([...named, ...numbered].map((row) => [row.id, row])).values()];
}

async function findRefunds(
  db: Reader,
  { provider, merchantAccount }: ProviderAccount,
  keys: readonly BillKey[],
): Promise<RefundPart[]> {
  const all = () => db.query.selectFrom('refunds').select(OF_REFUND).where('provider', '=', provider);
  const transactionIds = present(keys.map(({ transactionId }) => transactionId));
  const named =
    transactionIds.length === 0
      ? []
      : await all()
          .where('merchant_account', '=', merchantAccount)
          .where('provider_refund_id', 'in', transactionIds)
          .execute();
  const known = new Set(named.map((row) => row.provider_refund_id));
  const numbers = present(
    keys.filter(({ transactionId }) => !known.has(transactionId ?? '')).map(({ number }) => number),
  );
  const numbered = numbers.length === 0 ? [] : await all().where('id', 'in', numbers).execute();
  return [...new Map([...named, ...numbered].map((row) => [row.id, row])).values()];
}

/** A later page begins where the one before has ended: the index is not read from the beginning of the day again. */
function toSpan({ provider, merchantAccount }: ProviderAccount, page: BookedPage): Span {
  const { to, limit, after } = page;
  const from = after?.occurredAt ?? page.from;
  return {
    provider,
    merchantAccount,
    from,
    to,
    limit,
    at: after?.occurredAt ?? from - 1,
    id: after?.id ?? '',
  };
}

/** Captures and refunds; every rail's, by hand or not. */
export const BOOKS: readonly Book[] = [
  {
    type: 'payment',
    find: async (db, account, keys) =>
      withPostings(db, (await findCaptures(db, account, keys)).map(fromCapture)),
    page: async (db, account, page) =>
      (await capturesInSpan.all(db, toSpan(account, page))).map((row) => unposted(fromCapture(row))),
  },
  {
    type: 'refund',
    find: async (db, account, keys) =>
      withPostings(db, (await findRefunds(db, account, keys)).map(fromRefund)),
    page: async (db, account, page) =>
      (await refundsInSpan.all(db, toSpan(account, page))).map((row) => unposted(fromRefund(row))),
  },
];
