/**
 * What `doctor` checks of wallets: I12, each wallet is the sum of its statement, of its lots and of what it owes, and all
 * wallets together are what the ledger says; I10, every live hold has the job that ends it. Summed by the database or
 * read in pages.
 */
import { type AliasedExpression, sql } from 'kysely';
import type { Reader } from '../../kernel/db/index.ts';
import { readBalances, readMovedOn, type Violation, type WalletAccountKind } from '../ledger/index.ts';

const MAX_VIOLATIONS = 100;
const PAGE = 500;
const KINDS = ['wallet', 'wallet_gift', 'wallet_held', 'wallet_receivable'] as const;

/** I12 and this module's part of I10. */
export async function checkWallets(db: Reader): Promise<Violation[]> {
  return [
    ...(await findWrongStatements(db)),
    ...(await findWrongLots(db)),
    ...(await findWrongHolds(db)),
    ...(await findWrongReceivables(db)),
    ...(await findWrongControls(db)),
    ...(await findWrongTransfers(db)),
    ...(await findEndlessHolds(db)),
  ];
}

const violation = (subject: string, message: string): Violation => ({ invariant: 'I12', subject, message });
const zero = sql<number>`0`;

interface Sums {
  readonly wallet_id: string;
  readonly paid: number;
  readonly gift: number;
  readonly held: number;
  readonly owed: number;
  readonly version: number;
}

/** The wallets whose row differs in one of these columns from what `sums` says of them; of none it says nothing. */
async function findDiffering<C extends keyof Sums & string>(
  db: Reader,
  columns: readonly Exclude<C, 'wallet_id'>[],
  sums: AliasedExpression<Pick<Sums, C | 'wallet_id'>, 'sums'>,
  of: string,
): Promise<Violation[]> {
  const rows = await db.query
    .selectFrom('wallets')
    .leftJoin(sums as AliasedExpression<Sums, 'sums'>, 'sums.wallet_id', 'wallets.id')
    .select('wallets.id as id')
    .where((where) =>
      where.or(
        columns.map((column) =>
          where(
            `wallets.${column}` as 'wallets.paid',
            '<>',
            where.fn.coalesce(`sums.${column}` as 'sums.paid', zero),
          ),
        ),
      ),
    )
    .limit(MAX_VIOLATIONS)
    .execute();
  return rows.map(({ id }) => violation(id, `it is not what its ${of} sum to`));
}

/** The wallet's row against the lines of its statement, of which there is one for each of its versions. */
function findWrongStatements(db: Reader): Promise<Violation[]> {
  const lines = db.query
    .selectFrom('wallet_transactions')
    .select((select) => [
      'wallet_id',
      select.fn.sum<number>('paid').as('paid'),
      select.fn.sum<number>('gift').as('gift'),
      select.fn.sum<number>('held').as('held'),
      select.fn.sum<number>('owed').as('owed'),
      select.fn.countAll<number>().as('version'),
    ])
    .groupBy('wallet_id')
    .as('sums');
  return findDiffering(db, ['paid', 'gift', 'held', 'owed', 'version'], lines, 'statement’s lines');
}

/** The wallet's row against its lots. */
function findWrongLots(db: Reader): Promise<Violation[]> {
  const inBucket = (bucket: 'paid' | 'gift') =>
    sql<number>`SUM(CASE WHEN bucket = ${sql.lit(bucket)} THEN available ELSE 0 END)`;
  const lots = db.query
    .selectFrom('wallet_lots')
    .select((select) => [
      'wallet_id',
      inBucket('paid').as('paid'),
      inBucket('gift').as('gift'),
      select.fn.sum<number>('held').as('held'),
    ])
    .groupBy('wallet_id')
    .as('sums');
  return findDiffering(db, ['paid', 'gift', 'held'], lots, 'lots');
}

/** The wallet's row against what its customer owes. */
function findWrongReceivables(db: Reader): Promise<Violation[]> {
  const open = db.query
    .selectFrom('wallet_receivables')
    .select((select) => ['wallet_id', select.fn.sum<number>('open_amount').as('owed')])
    .groupBy('wallet_id')
    .as('sums');
  return findDiffering(db, ['owed'], open, 'open receivables');
}

/** What live holds have set aside against what their lots say is held. */
async function findWrongHolds(db: Reader): Promise<Violation[]> {
  const live = db.query
    .selectFrom('wallet_hold_lots')
    .innerJoin('wallet_holds', 'wallet_holds.id', 'wallet_hold_lots.hold_id')
    .select((select) => ['lot_id', select.fn.sum<number>('wallet_hold_lots.amount').as('held')])
    .where('wallet_holds.status', '=', 'held')
    .groupBy('lot_id')
    .as('live');
  const rows = await db.query
    .selectFrom('wallet_lots')
    .leftJoin(live, 'live.lot_id', 'wallet_lots.id')
    .select(['wallet_lots.id as id', 'wallet_lots.held as held', 'live.held as expected'])
    .where((where) => where('wallet_lots.held', '<>', where.fn.coalesce('live.held', zero)))
    .limit(MAX_VIOLATIONS)
    .execute();
  return rows.map(({ id, held, expected }) =>
    violation(id, `${held} of it is held, its holds say ${expected ?? 0}`),
  );
}

/** All wallets of a currency together against the ledger's accounts. */
async function findWrongControls(db: Reader): Promise<Violation[]> {
  const sums = await db.query
    .selectFrom('wallets')
    .select((select) => [
      'currency',
      select.fn.sum<number>('paid').as('paid'),
      select.fn.sum<number>('gift').as('gift'),
      select.fn.sum<number>('held').as('held'),
      select.fn.sum<number>('owed').as('owed'),
    ])
    .groupBy('currency')
    .execute();
  const expected = new Map<string, number>();
  for (const { currency, paid, gift, held, owed } of sums) {
    expected.set(`wallet:${currency}`, 0 - paid);
    expected.set(`wallet_gift:${currency}`, 0 - gift);
    expected.set(`wallet_held:${currency}`, 0 - held);
    expected.set(`wallet_receivable:${currency}`, owed);
  }
  const balances = await readBalances(db);
  const isOurs = (kind: string) => (KINDS as readonly string[]).includes(kind);
  for (const { account, kind } of balances) {
    if (isOurs(kind)) {
      expected.set(account, expected.get(account) ?? 0);
    }
  }
  const held = new Map(balances.map(({ account, amount }) => [account, amount]));
  return [...expected]
    .filter(([account, amount]) => amount !== (held.get(account) ?? 0))
    .map(([account, amount]) =>
      violation(account, `the wallets sum to ${amount}, the ledger holds ${held.get(account) ?? 0}`),
    );
}

/** Each line of each statement against the transfer of its cause. */
async function findWrongTransfers(db: Reader): Promise<Violation[]> {
  const found: Violation[] = [];
  for (let after = ''; found.length < MAX_VIOLATIONS; ) {
    const rows = await db.query
      .selectFrom('wallet_transactions')
      .select(['id', 'cause', 'paid', 'gift', 'held', 'owed'])
      .where('id', '>', after)
      .orderBy('id')
      .limit(PAGE)
      .execute();
    const last = rows.at(-1);
    if (last === undefined) {
      break;
    }
    const causes = rows.map(({ cause }) => cause);
    const moved = await readMovedOn(db, causes, KINDS);
    for (const { id, cause, paid, gift, held, owed } of rows) {
      const by = moved.get(cause);
      const amountOn = (kind: WalletAccountKind) => by?.get(kind) ?? 0;
      const isSame =
        by !== undefined &&
        amountOn('wallet') === 0 - paid &&
        amountOn('wallet_gift') === 0 - gift &&
        amountOn('wallet_held') === 0 - held &&
        amountOn('wallet_receivable') === owed;
      if (!isSame) {
        found.push(
          violation(id, `its transfer ${cause} ${by === undefined ? 'is missing' : 'says otherwise'}`),
        );
      }
    }
    after = last.id;
  }
  return found;
}

async function findEndlessHolds(db: Reader): Promise<Violation[]> {
  const found: Violation[] = [];
  for (let after = ''; found.length < MAX_VIOLATIONS; ) {
    const rows = await db.query
      .selectFrom('wallet_holds')
      .select('id')
      .where('status', '=', 'held')
      .where('id', '>', after)
      .orderBy('id')
      .limit(PAGE)
      .execute();
    const last = rows.at(-1);
    if (last === undefined) {
      break;
    }
    const keys = rows.map(({ id }) => `wallet_hold.expire:${id}`);
    const jobs = await db.query
      .selectFrom('jobs')
      .select('unique_key')
      .where('unique_key', 'in', keys)
      .execute();
    const present = new Set(jobs.map(({ unique_key: key }) => key));
    for (const { id } of rows.filter((row) => !present.has(`wallet_hold.expire:${row.id}`))) {
      found.push({ invariant: 'I10', subject: id, message: 'held, but without wallet_hold.expire' });
    }
    after = last.id;
  }
  return found;
}
