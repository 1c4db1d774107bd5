/** What disputes have moved at a provider, as its bill tells of it. */
import { type Reader, statement } from '../../../kernel/db/index.ts';
import { readMoved } from '../../ledger/index.ts';
import type { DisputeMovementRow } from '../disputes/tables.ts';
import {
  type BillKey,
  type Book,
  type BookedMoney,
  findByKeys,
  type ProviderAccount,
  type Span,
  toSpan,
} from './book.ts';

type Movement = DisputeMovementRow & { readonly payment_id: string };

const inSpan = statement<Span, Movement>((query, p) =>
  query
    .selectFrom('dispute_movements')
    .innerJoin('disputes', 'disputes.id', 'dispute_movements.dispute_id')
    .selectAll('dispute_movements')
    .select('disputes.payment_id as payment_id')
    .where('dispute_movements.provider', '=', p.provider)
    .where('dispute_movements.merchant_account', '=', p.merchantAccount)
    .where('dispute_movements.moved_at', '>=', p.from)
    .where('dispute_movements.moved_at', '<', p.to)
    .where((where) =>
      where.or([
        where('dispute_movements.moved_at', '>', p.at),
        where.and([where('dispute_movements.moved_at', '=', p.at), where('dispute_movements.id', '>', p.id)]),
      ]),
    )
    .orderBy('dispute_movements.moved_at')
    .orderBy('dispute_movements.id')
    .limit(p.limit),
);

/** A movement that takes nothing but a fee is a line of its own in a bill, of which the fee is the amount. */
const isFeeAlone = ({ amount }: Movement) => amount === 0;

function toMoney(row: Movement): BookedMoney {
  return {
    type: 'dispute',
    id: row.id,
    number: row.payment_id,
    paymentNumber: row.payment_id,
    transactionId: row.provider_movement_id,
    merchantAccount: row.merchant_account,
    amount: { amount: isFeeAlone(row) ? row.fee : row.amount, currency: row.currency },
    status: 'succeeded',
    occurredAt: row.moved_at,
    fee: null,
    ledgerAmount: null,
  };
}

async function withPostings(db: Reader, rows: readonly Movement[]): Promise<BookedMoney[]> {
  const causeOf = ({ id }: Movement) => `dispute_movement:${id}`;
  const moved = await readMoved(db, rows.map(causeOf));
  return rows.map((row) => {
    const posted = moved.get(causeOf(row));
    const taken = row.type === 'withdrawn' ? -1 : 1;
    const amount = isFeeAlone(row) ? posted?.fees : posted && taken * posted.clearing;
    return { ...toMoney(row), fee: isFeeAlone(row) ? null : row.fee, ledgerAmount: amount ?? null };
  });
}

function find(
  db: Reader,
  { provider, merchantAccount }: ProviderAccount,
  keys: readonly BillKey[],
): Promise<Movement[]> {
  const all = () =>
    db.query
      .selectFrom('dispute_movements')
      .innerJoin('disputes', 'disputes.id', 'dispute_movements.dispute_id')
      .selectAll('dispute_movements')
      .select('disputes.payment_id as payment_id')
      .where('dispute_movements.provider', '=', provider);
  return findByKeys<Movement>(keys, {
    byTransaction: (ids) =>
      all()
        .where('dispute_movements.merchant_account', '=', merchantAccount)
        .where('provider_movement_id', 'in', ids)
        .execute(),
    byNumber: (numbers) => all().where('disputes.payment_id', 'in', numbers).execute(),
    transactionOf: (row) => row.provider_movement_id,
  });
}

/** Each movement by the provider's number of it, or by that of the payment where the bill names it otherwise. */
export const DISPUTE_BOOK: Book = {
  type: 'dispute',
  find: async (db, account, keys) => withPostings(db, await find(db, account, keys)),
  page: async (db, account, page) => (await inSpan.all(db, toSpan(account, page))).map(toMoney),
};
