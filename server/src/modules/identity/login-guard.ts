/**
 * Lock-out. Failures are counted for the account on one network, so that a stranger elsewhere cannot lock the owner out;
 * for the account on all networks, with a higher limit, against guessing from many places; and for the network on all
 * accounts, against trying one password on everybody. Names that nobody has are counted like accounts, or the lock would
 * tell which exist.
 */
import { HOUR_MS } from '../../kernel/clock.ts';
import { sha256Hex } from '../../kernel/crypto.ts';
import { type Reader, TransactionConflict, type Tx } from '../../kernel/db/index.ts';
import { AppError, tooManyRequests } from '../../kernel/errors.ts';
import { accountLocked } from './errors.ts';
import { networkOf } from './network.ts';
import type { LoginFailuresRow } from './tables.ts';

/** How long failures are counted together, and how long a lock lasts. */
export const LOCK_MS = 2 * HOUR_MS;

const LIMITS: Readonly<Record<LoginFailuresRow['scope'], number>> = {
  account_on_network: 5,
  account: 50,
  network: 100,
};

/** What a login is counted for. `account` is the user's id, or stands for a name that nobody has. */
export interface LoginSource {
  readonly account: string;
  readonly ip: string;
}

/** The account of a name that nobody has; a hash, because people type passwords into the wrong field. */
export function unknownAccount(identifier: string): string {
  return `?${sha256Hex(identifier)}`;
}

type Counter = Pick<LoginFailuresRow, 'id' | 'scope' | 'account' | 'network'>;

function countersOf({ account, ip }: LoginSource): Counter[] {
  const network = networkOf(ip);
  const counters = [
    { scope: 'account_on_network', account, network },
    { scope: 'account', account, network: null },
    { scope: 'network', account: null, network },
  ] as const;
  return counters.map((counter) => ({
    ...counter,
    id: sha256Hex(`${counter.scope}\n${counter.account ?? ''}\n${counter.network ?? ''}`),
  }));
}

/** Throws `account_locked` (423) or `too_many_requests` (429) while one of the source's counters is locked. */
export async function assertNotLocked(db: Reader, source: LoginSource, now: number): Promise<void> {
  const ids = countersOf(source).map(({ id }) => id);
  const locked = await db.query
    .selectFrom('login_failures')
    .select(['scope', 'locked_until'])
    .where('id', 'in', ids)
    .where('locked_until', '>', now)
    .execute();
  const lockedUntil = Math.max(0, ...locked.map(({ locked_until }) => locked_until ?? 0));
  if (lockedUntil > 0) {
    const isNetworkOnly = locked.every(({ scope }) => scope === 'network');
    throw new AppError(isNetworkOnly ? tooManyRequests : accountLocked, {
      retryAfterSeconds: Math.ceil((lockedUntil - now) / 1_000),
    });
  }
}

async function countOne(tx: Tx, counter: Counter): Promise<void> {
  const windowStart = tx.now - LOCK_MS;
  const row = () => tx.query.updateTable('login_failures').where('id', '=', counter.id);
  const counted = await row()
    .set((eb) => ({ failures: eb('failures', '+', 1) }))
    .where('window_started_at', '>', windowStart)
    .executeTakeFirst();
  if (Number(counted.numUpdatedRows) === 1) {
    return;
  }
  const fresh = { failures: 1, window_started_at: tx.now, locked_until: null };
  if (await tx.insertOnce('login_failures', { ...counter, ...fresh })) {
    return;
  }
  const restarted = await row().set(fresh).where('window_started_at', '<=', windowStart).executeTakeFirst();
  if (Number(restarted.numUpdatedRows) !== 1) {
    throw new TransactionConflict('another login failed at the same moment');
  }
}

/** Counts a failed login, and locks whatever has reached its limit. */
export async function countFailure(tx: Tx, source: LoginSource): Promise<void> {
  for (const counter of countersOf(source)) {
    await countOne(tx, counter);
    await tx.query
      .updateTable('login_failures')
      .set({ locked_until: tx.now + LOCK_MS })
      .where('id', '=', counter.id)
      .where('failures', '>=', LIMITS[counter.scope])
      .where('locked_until', 'is', null)
      .execute();
  }
}

/** After a login that succeeded: the account starts anew on this network, and on this network only. */
export async function forgetFailures(tx: Tx, source: LoginSource): Promise<void> {
  const ids = countersOf(source).flatMap(({ id, scope }) => (scope === 'account_on_network' ? [id] : []));
  await tx.query.deleteFrom('login_failures').where('id', 'in', ids).execute();
}

/** Lifts every lock of the account, and those of the networks on which it had failed. */
export async function unlockAccount(tx: Tx, account: string): Promise<void> {
  const rows = await tx.query
    .selectFrom('login_failures')
    .select(['id', 'network'])
    .where('account', '=', account)
    .execute();
  const networks = rows.flatMap(({ network }) => network ?? []);
  if (rows.length > 0) {
    const ids = rows.map(({ id }) => id);
    await tx.query.deleteFrom('login_failures').where('id', 'in', ids).execute();
  }
  if (networks.length > 0) {
    await tx.query
      .deleteFrom('login_failures')
      .where('scope', '=', 'network')
      .where('network', 'in', networks)
      .execute();
  }
}

/** Until when the account is locked, on whichever network; `null` when it is not. */
export async function readLock(db: Reader, account: string, now: number): Promise<number | null> {
  const found = await db.query
    .selectFrom('login_failures')
    .select((eb) => eb.fn.max('locked_until').as('locked_until'))
    .where('account', '=', account)
    .where('locked_until', '>', now)
    .executeTakeFirst();
  return found?.locked_until ?? null;
}
