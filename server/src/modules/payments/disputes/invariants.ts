/** What `doctor` checks of disputes: I1 and I4 with the ledger and the captures. */
import type { Reader } from '../../../kernel/db/index.ts';
import { readBalances, type Violation } from '../../ledger/index.ts';
import { readBooked } from '../books/booked.ts';

const MAX_VIOLATIONS = 100;
const PAGE = 500;

/** I1: every movement has exactly one transfer of its amount. */
async function findUnbookedMovements(db: Reader): Promise<Violation[]> {
  const found: Violation[] = [];
  for (let after = ''; found.length < MAX_VIOLATIONS; ) {
    const rows = await db.query
      .selectFrom('dispute_movements')
      .select(['id', 'type', 'amount'])
      .where('id', '>', after)
      .orderBy('id')
      .limit(PAGE)
      .execute();
    const last = rows.at(-1);
    if (last === undefined) {
      break;
    }
    const booked = await readBooked(
      db,
      rows.map(({ id }) => `dispute_movement:${id}`),
    );
    for (const { id, type, amount } of rows) {
      const moved = booked.get(`dispute_movement:${id}`) ?? 0;
      if (moved !== (type === 'withdrawn' ? 0 - amount : amount)) {
        const message = `${type} ${amount}, the ledger has ${moved}`;
        found.push({ invariant: 'I1', subject: id, message });
      }
    }
    after = last.id;
  }
  return found;
}

/** What disputes have taken, less what they gave back, by provider account and currency; surplus apart. */
export async function sumDisputed(db: Reader) {
  const rows = await db.query
    .selectFrom('dispute_movements')
    .innerJoin('disputes', 'disputes.id', 'dispute_movements.dispute_id')
    .select((select) => [
      'dispute_movements.provider as provider',
      'dispute_movements.merchant_account as merchant_account',
      'dispute_movements.currency as currency',
      'dispute_movements.type as type',
      'disputes.is_surplus as is_surplus',
      select.fn.sum<number>('dispute_movements.amount').as('amount'),
    ])
    .groupBy([
      'dispute_movements.provider',
      'dispute_movements.merchant_account',
      'dispute_movements.currency',
      'dispute_movements.type',
      'disputes.is_surplus',
    ])
    .execute();
  return rows.map(({ type, amount, ...row }) => ({
    ...row,
    amount: type === 'withdrawn' ? amount : 0 - amount,
  }));
}

/** I1: the account of disputes holds what their movements have taken. */
async function findUnequalDisputes(db: Reader): Promise<Violation[]> {
  const expected = new Map<string, number>();
  for (const { currency, amount } of (await sumDisputed(db)).filter((row) => row.is_surplus === 0)) {
    expected.set(`disputes:${currency}`, (expected.get(`disputes:${currency}`) ?? 0) + amount);
  }
  const balances = await readBalances(db);
  const held = new Map(balances.map(({ account, amount }) => [account, amount]));
  return [...expected]
    .filter(([code, amount]) => amount !== (held.get(code) ?? 0))
    .map(([code, amount]) => ({
      invariant: 'I1',
      subject: code,
      message: `disputes have taken ${amount}, the ledger holds ${held.get(code) ?? 0}`,
    }));
}

/** I4: what was returned without us is what providers refunded and disputes hold; beyond the capture it has an alert. */
async function findWrongExternals(db: Reader): Promise<Violation[]> {
  const refunded = db.query
    .selectFrom('refunds')
    .select((select) => ['capture_id', select.fn.sum<number>('amount').as('amount')])
    .where('origin', '=', 'provider')
    .where('status', '=', 'succeeded')
    .groupBy('capture_id')
    .as('refunded');
  const disputed = db.query
    .selectFrom('disputes')
    .select((select) => ['capture_id', select.fn.sum<number>('held_amount').as('amount')])
    .groupBy('capture_id')
    .as('disputed');
  const rows = await db.query
    .selectFrom('captures')
    .leftJoin(refunded, 'refunded.capture_id', 'captures.id')
    .leftJoin(disputed, 'disputed.capture_id', 'captures.id')
    .select((select) => [
      'captures.id as id',
      'captures.external_refunded as counted',
      select.fn.coalesce('refunded.amount', select.lit(0)).as('refunded'),
      select.fn.coalesce('disputed.amount', select.lit(0)).as('disputed'),
    ])
    .where((where) =>
      where(
        where(
          where.fn.coalesce('refunded.amount', where.lit(0)),
          '+',
          where.fn.coalesce('disputed.amount', where.lit(0)),
        ),
        '<>',
        where.ref('captures.external_refunded'),
      ),
    )
    .limit(MAX_VIOLATIONS)
    .execute();
  return rows.map(({ id, counted, refunded: back, disputed: held }) => ({
    invariant: 'I4',
    subject: id,
    message: `${counted} returned without us by its counter, ${back} by refunds and ${held} by disputes`,
  }));
}

export async function checkDisputes(db: Reader): Promise<Violation[]> {
  return [
    ...(await findUnbookedMovements(db)),
    ...(await findUnequalDisputes(db)),
    ...(await findWrongExternals(db)),
  ];
}
