/**
 * Staff makes packages of coins, changes, orders and switches them. Invariant: a package is only read when an order is
 * placed; the order has a copy of its own, so that no change touches it.
 *
 * Crash story: each verb is one transaction with its audit entry.
 */
import type { Actor } from '../../kernel/actor.ts';
import { insertRow, type Reader, type Tx, updateVersioned } from '../../kernel/db/index.ts';
import { AppError, notFound } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import { initialVersion, recordInitialStates, transition } from '../../kernel/states.ts';
import { writeAudit } from '../audit/index.ts';
import type { CoinsDeps } from './deps.ts';
import { type PodStatus, podMachine } from './pod-states.ts';
import type { PodRow } from './tables.ts';

/** What staff says of a package. Coins in hundredths, the price in minor units. */
export interface PodContent {
  readonly name: string;
  readonly description: string | null;
  readonly coins: number;
  readonly gift_coins: number;
  readonly gift_days: number | null;
  readonly price: number;
  readonly currency: string;
}

interface ByStaff {
  readonly by: Actor;
  readonly ip: string | null;
}

export interface NewPod extends ByStaff {
  readonly content: PodContent;
  readonly status: PodStatus;
  readonly claimId: string | null;
}

/** Those that are for sale, in their order. */
export function readActivePods(db: Reader): Promise<PodRow[]> {
  return selectInOrder(db, 'active');
}

/** Everything that there is, in its order. */
export function readAllPods(db: Reader): Promise<PodRow[]> {
  return selectInOrder(db, undefined);
}

function selectInOrder(db: Reader, status: PodStatus | undefined): Promise<PodRow[]> {
  const all = db.query.selectFrom('coin_pods').selectAll().orderBy('position').orderBy('id');
  return (status === undefined ? all : all.where('status', '=', status)).execute();
}

/** Throws `not_found`. */
export async function readPod(db: Reader, id: string): Promise<PodRow> {
  const row = await db.query.selectFrom('coin_pods').selectAll().where('id', '=', id).executeTakeFirst();
  if (row === undefined) {
    throw new AppError(notFound);
  }
  return row;
}

/** A new package stands behind the others; answers its id. */
export function createPod({ db }: CoinsDeps, { content, status, claimId, by, ip }: NewPod): Promise<string> {
  return db.tx('coin_pod.create', async (tx) => {
    const own = claimId === null ? undefined : await findByClaim(tx, claimId);
    if (own !== undefined) {
      return own.id;
    }
    const last = await tx.query
      .selectFrom('coin_pods')
      .select((select) => select.fn.max<number | null>('position').as('position'))
      .executeTakeFirst();
    const row: PodRow = {
      ...{ id: newId('pod'), version: initialVersion(podMachine), status, ...content },
      ...{ position: (last?.position ?? 0) + 1, claim_id: claimId, created_by: by.id },
      ...{ created_at: tx.now, updated_at: tx.now },
    };
    await insertRow(tx, 'coin_pods', row);
    await recordInitialStates(tx, podMachine, row.id, { status }, { by });
    const target = { type: 'coin_pod', id: row.id };
    await writeAudit(tx, { actor: by, action: 'coin_pod.create', target, after: toFacts(row), ip });
    return row.id;
  });
}

function findByClaim(tx: Tx, claimId: string): Promise<{ id: string } | undefined> {
  return tx.query.selectFrom('coin_pods').select('id').where('claim_id', '=', claimId).executeTakeFirst();
}

export interface PodChange extends ByStaff {
  readonly podId: string;
  readonly content: Partial<PodContent>;
  readonly status?: PodStatus | undefined;
}

/** Changes what is said of a package, or switches it. Throws `not_found`. */
export function changePod({ db }: CoinsDeps, { podId, content, status, by, ip }: PodChange): Promise<void> {
  return db.tx('coin_pod.change', async (tx) => {
    const before = await tx.lock('coin_pods', podId);
    if (before === undefined) {
      throw new AppError(notFound);
    }
    await updateVersioned(tx, 'coin_pods', before, { ...content, updated_at: tx.now });
    const changed = { ...before, ...content };
    const after =
      status === undefined || status === before.status
        ? changed
        : await transition<PodRow>(tx, podMachine, changed, { status }, { by });
    await writeAudit(tx, {
      actor: by,
      action: 'coin_pod.change',
      target: { type: 'coin_pod', id: podId },
      before: toFacts(before),
      after: toFacts(after),
      ip,
    });
  });
}

/** Puts these packages first, in this order; the others follow as they stood. Throws `not_found`. */
export function orderPods(
  { db }: CoinsDeps,
  { podIds, by, ip }: ByStaff & { readonly podIds: readonly string[] },
): Promise<void> {
  return db.tx('coin_pod.order', async (tx) => {
    const before = (await readAllPods(tx)).map(({ id }) => id);
    if (podIds.some((id) => !before.includes(id))) {
      throw new AppError(notFound, { details: { podIds: podIds.filter((id) => !before.includes(id)) } });
    }
    const after = [...podIds, ...before.filter((id) => !podIds.includes(id))];
    const positions = new Map(after.map((id, index) => [id, index + 1]));
    for (const id of [...before].sort()) {
      await tx.query
        .updateTable('coin_pods')
        .set({ position: positions.get(id) as number })
        .where('id', '=', id)
        .execute();
    }
    const target = { type: 'coin_pod', id: 'all' };
    await writeAudit(tx, { actor: by, action: 'coin_pod.order', target, before, after, ip });
  });
}

function toFacts({ name, coins, gift_coins, gift_days, price, currency, status }: PodRow) {
  return { name, coins, giftCoins: gift_coins, giftDays: gift_days, price, currency, status };
}
