/** Wallets and their ledger on a database of their own. */
import { systemActor } from '../../src/kernel/actor.ts';
import { type Clock, createFakeClock, type FakeClock } from '../../src/kernel/clock.ts';
import type { Db, Tx } from '../../src/kernel/db/index.ts';
import { newId } from '../../src/kernel/ids.ts';
import { seedCrons } from '../../src/kernel/jobs/crons.ts';
import { createWorker, type Worker } from '../../src/kernel/jobs/index.ts';
import { silentLogger } from '../../src/kernel/log/index.ts';
import { runDoctor, type Violation } from '../../src/modules/doctor/index.ts';
import { createLedger, readBalances } from '../../src/modules/ledger/index.ts';
import {
  COIN,
  type Credit,
  createWallets,
  type Spending,
  type WalletDeps,
  type Wallets,
} from '../../src/modules/wallet/index.ts';
import { openTestDb } from './database.ts';

export const MINT = systemActor('test.mint');

/** Wallets whose ledger and settings are those of every test. */
export function createTestWallets(db: Db, clock: Clock): Wallets {
  return createWallets(toDeps(db, clock));
}

function toDeps(db: Db, clock: Clock): WalletDeps {
  return {
    ...{ db, clock, ledger: createLedger({ db, clock }) },
    config: { adjustLimitOf: () => 10_000, holdMs: 30 * 60_000 },
    hasAccount: async (_db, id) => id !== 'usr_nobody',
  };
}

export interface WalletStand extends WalletDeps {
  readonly db: Db;
  readonly clock: FakeClock;
  readonly wallets: Wallets;
  readonly worker: Worker;
  tx<T>(act: (tx: Tx) => Promise<T>): Promise<T>;
  /** Credits under a cause of its own, or the given one; answers the cause. */
  credit(customerId: string, coins: Partial<Credit>): Promise<string>;
  spending(customerId: string, amount: number, changes?: Partial<Spending>): Spending;
  /** Paid, gift, held and owed, as the row says. */
  read(
    customerId: string,
    currency?: string,
  ): Promise<{ paid: number; gift: number; held: number; owed: number }>;
  /** By account, what the ledger holds on the accounts of wallets. */
  books(): Promise<Record<string, number>>;
  violations(): Promise<readonly Violation[]>;
  close(): Promise<void>;
}

export async function openWalletStand(startAt = Date.UTC(2026, 10, 20)): Promise<WalletStand> {
  const clock = createFakeClock(startAt);
  const db = await openTestDb({ clock });
  const deps = toDeps(db, clock);
  const wallets = createWallets(deps);
  const worker = createWorker({ db, clock, log: silentLogger, handlers: wallets.jobs, crons: wallets.crons });
  await db.tx('test.seed', (tx) => seedCrons(tx, wallets.crons));
  return {
    ...{ ...deps, db, clock, wallets, worker },
    tx: (act) => db.tx('test.wallet', act),
    async credit(customerId, coins) {
      const cause = coins.cause ?? `coins:${newId('ord')}`;
      const purpose = { type: 'order', id: cause };
      const whole: Credit = {
        customerId,
        cause,
        purpose,
        by: MINT,
        type: 'purchase',
        source: 'sold',
        ...coins,
      };
      await db.tx('test.credit', (tx) => wallets.credit(tx, whole));
      return cause;
    },
    spending: (customerId, amount, changes) => ({
      ...{ customerId, currency: COIN, amount, reference: newId('buy'), by: MINT, claimId: null },
      ...changes,
    }),
    async read(customerId, currency = COIN) {
      const row = await db.query
        .selectFrom('wallets')
        .select(['paid', 'gift', 'held', 'owed'])
        .where('customer_id', '=', customerId)
        .where('currency', '=', currency)
        .executeTakeFirst();
      return row ?? { paid: 0, gift: 0, held: 0, owed: 0 };
    },
    async books() {
      const balances = await readBalances(db);
      return Object.fromEntries(balances.map(({ account, amount }) => [account, amount]));
    },
    violations: async () => (await runDoctor(db, clock)).violations,
    close: () => db.close(),
  };
}
