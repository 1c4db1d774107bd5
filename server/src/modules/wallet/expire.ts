/**
 * What ends by itself: holds, by a job of their own, and gifts, by a search for what is due.
 *
 * Crash story: a wallet at a time, each in one transaction; what was not reached is found by the next run.
 */
import { systemActor } from '../../kernel/actor.ts';
import type { Db } from '../../kernel/db/index.ts';
import type { JobRun } from '../../kernel/jobs/index.ts';
import type { WalletDeps } from './deps.ts';
import { openWallet } from './open-wallet.ts';
import { releaseHold } from './spend.ts';

const BATCH = 200;

/** Lets go a hold that the shop has neither settled nor released. */
export async function expireHold(deps: WalletDeps, job: JobRun<{ holdId: string }>): Promise<void> {
  const { holdId } = job.payload;
  await deps.db.tx('wallet_hold.expire', async (tx) => {
    const row = await tx.query
      .selectFrom('wallet_holds')
      .select(['status', 'expires_at'])
      .where('id', '=', holdId)
      .executeTakeFirst();
    if (row?.status === 'held') {
      await releaseHold(tx, deps, holdId, { status: 'expired', by: systemActor('wallet_hold.expire') });
    }
    await job.complete(tx);
  });
}

/** Ends every gift whose time is over; answers how many wallets it found. */
export async function expireGifts(deps: WalletDeps): Promise<number> {
  let found = 0;
  for (;;) {
    const due = await findDue(deps.db, deps.clock.now());
    for (const { customer_id: customerId, currency } of due) {
      await deps.db.tx('wallet_gift.expire', (tx) => openWallet(tx, deps, customerId, currency));
    }
    found += due.length;
    if (due.length < BATCH) {
      return found;
    }
  }
}

function findDue(db: Db, now: number): Promise<{ customer_id: string; currency: string }[]> {
  return db.query
    .selectFrom('wallet_lots')
    .innerJoin('wallets', 'wallets.id', 'wallet_lots.wallet_id')
    .select(['wallets.customer_id', 'wallets.currency'])
    .distinct()
    .where('wallet_lots.due_at', '<=', now)
    .limit(BATCH)
    .execute();
}
