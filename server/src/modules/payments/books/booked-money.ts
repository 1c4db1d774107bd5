/** What has moved at a provider according to our books; what reconciliation compares a bill with. Reads only. */
import { type Reader, statement } from '../../../kernel/db/index.ts';
import { readMoved } from '../../ledger/index.ts';
import type { CaptureRow, RefundRow } from '../tables.ts';
import {
  type BillKey,
  type Book,
  type BookedMoney,
  findByKeys,
  type ProviderAccount,
  type Span,
  toSpan,
} from './book.ts';
import { DISPUTE_BOOK } from './dispute-book.ts';

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
type Unposted = Omit<BookedMoney, 'type' | 'fee' | 'ledgerAmount'> & { readonly type: 'payment' | 'refund' };

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

function findCaptures(
  db: Reader,
  { provider, merchantAccount }: ProviderAccount,
  keys: readonly BillKey[],
): Promise<CapturePart[]> {
  const all = () => db.query.selectFrom('captures').select(OF_CAPTURE).where('provider', '=', provider);
  return findByKeys<CapturePart>(keys, {
    byTransaction: (ids) =>
      all().where('merchant_account', '=', merchantAccount).where('provider_capture_id', 'in', ids).execute(),
    byNumber: (numbers) => all().where('payment_id', 'in', numbers).execute(),
    transactionOf: (row) => row.provider_capture_id,
  });
}

function findRefunds(
  db: Reader,
  { provider, merchantAccount }: ProviderAccount,
  keys: readonly BillKey[],
): Promise<RefundPart[]> {
  const all = () => db.query.selectFrom('refunds').select(OF_REFUND).where('provider', '=', provider);
  return findByKeys<RefundPart>(keys, {
    byTransaction: (ids) =>
      all().where('merchant_account', '=', merchantAccount).where('provider_refund_id', 'in', ids).execute(),
    byNumber: (numbers) => all().where('id', 'in', numbers).execute(),
    transactionOf: (row) => row.provider_refund_id,
  });
}

/** Captures, refunds and what disputes moved; every rail's, by hand or not. */
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
  DISPUTE_BOOK,
];
