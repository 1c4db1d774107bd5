/**
 * What `doctor` checks of coins that are sold: I5, an order of coins whose money is here has its coins, once, and as many
 * as it says; what went back of them is what went back of its money. Read in pages.
 */
import type { Reader } from '../../kernel/db/index.ts';
import type { Violation } from '../ledger/index.ts';
import { readKeptMoney } from '../payments/index.ts';
import { coinsFor } from './coins.ts';
import { creditCause, toPurpose } from './deps.ts';
import type { CoinOrderRow } from './tables.ts';

const MAX_VIOLATIONS = 100;
const PAGE = 500;
/** Where an order is that is not owed its coins yet, or never will be. */
const DISPUTED = ['needs_response', 'under_review', 'lost'];

interface Facts extends CoinOrderRow {
  readonly status: string | null;
  readonly payment_status: string | null;
  readonly fulfilment_status: string | null;
  readonly dispute_status: string | null;
}

/** Every order of coins against its order, its wallet's statement and its money. */
export async function checkCoins(db: Reader): Promise<Violation[]> {
  const found: Violation[] = [];
  for (let after = ''; found.length < MAX_VIOLATIONS; ) {
    const rows = await readFacts(db, after);
    const last = rows.at(-1);
    if (last === undefined) {
      break;
    }
    const credited = await readCredits(db, rows);
    for (const row of rows) {
      const messages = [
        ...checkDelivery(row),
        ...checkCredit(row, credited.get(creditCause(row.id))),
        ...(await checkReturned(db, row)),
      ];
      found.push(...messages.map((message) => ({ invariant: 'I5', subject: row.id, message })));
    }
    after = last.id;
  }
  return found;
}

function readFacts(db: Reader, after: string): Promise<Facts[]> {
  return db.query
    .selectFrom('coin_orders')
    .leftJoin('orders', 'orders.id', 'coin_orders.id')
    .selectAll('coin_orders')
    .select([
      'orders.status as status',
      'orders.payment_status as payment_status',
      'orders.fulfilment_status as fulfilment_status',
      'orders.dispute_status as dispute_status',
    ])
    .where('coin_orders.id', '>', after)
    .orderBy('coin_orders.id')
    .limit(PAGE)
    .execute();
}

async function readCredits(
  db: Reader,
  rows: readonly Facts[],
): Promise<Map<string, { readonly paid: number; readonly gift: number }>> {
  const causes = rows.map(({ id }) => creditCause(id));
  const lines = await db.query
    .selectFrom('wallet_transactions')
    .select(['cause', 'paid', 'gift'])
    .where('cause', 'in', causes)
    .execute();
  return new Map(lines.map(({ cause, paid, gift }) => [cause, { paid, gift }]));
}

function checkDelivery(row: Facts): string[] {
  if (row.status === null) {
    return ['there is no such order'];
  }
  const isDelivered = row.fulfilment_status === 'fulfilled';
  if (isDelivered !== (row.credited_at !== null)) {
    return [`its delivery is ${row.fulfilment_status}, its coins say otherwise`];
  }
  const isDue = row.status === 'confirmed' && row.payment_status === 'paid' && !isDelivered;
  const isHeldUp = row.dispute_status !== null && DISPUTED.includes(row.dispute_status);
  return isDue && !isHeldUp ? ['it is paid, and nobody credits its coins'] : [];
}

function checkCredit(
  row: Facts,
  credited: { readonly paid: number; readonly gift: number } | undefined,
): string[] {
  const expected = row.credited_at === null ? undefined : { paid: row.coins, gift: row.gift_coins };
  const isSame = credited?.paid === expected?.paid && credited?.gift === expected?.gift;
  return isSame
    ? []
    : [`${row.coins} and ${row.gift_coins} were sold, the wallet has ${credited?.paid ?? 0}`];
}

/** Only where money has moved since: what nothing was refunded of has nothing to compare. */
async function checkReturned(db: Reader, row: Facts): Promise<string[]> {
  const isUntouched =
    row.payment_status === 'paid' && row.returned_coins === 0 && row.dispute_status === null;
  if (row.credited_at === null || isUntouched) {
    return [];
  }
  const { captured, kept } = await readKeptMoney(db, toPurpose(row.id));
  const expected = coinsFor({ coins: row.coins, amount: captured }, captured - kept);
  return expected === row.returned_coins
    ? []
    : [`${kept} of ${captured} is kept, so ${expected} coins should be back, not ${row.returned_coins}`];
}
