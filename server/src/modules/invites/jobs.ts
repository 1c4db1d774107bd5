import { z } from 'zod';
import type { Tx } from '../../kernel/db/index.ts';
import type { EventDefinition, SubscriberTable } from '../../kernel/events/index.ts';
import { defineJob, enqueue, handleJob, type JobHandler } from '../../kernel/jobs/index.ts';
import {
  disputeChanged,
  type Purpose,
  refundCancelled,
  refundFailed,
  refundRequested,
  refundSucceeded,
} from '../payments/index.ts';
import type { InvitesDeps } from './deps.ts';
import { findRewardOfOrder } from './queries.ts';
import { settleReward } from './settle-reward.ts';

/** Brings the reward of an order to what it is due. */
export const rewardSettle = defineJob({
  name: 'reward.settle',
  version: 1,
  payload: z.object({ orderId: z.string() }),
  isMoney: true,
});

/** Whatever may change what of an order's money stays. */
const MONEY_EVENTS: readonly EventDefinition<{ readonly purpose: Purpose }>[] = [
  refundRequested,
  refundSucceeded,
  refundFailed,
  refundCancelled,
  disputeChanged,
];

/** Lets each event of that money write down the job of the order's reward, where it has one. */
export function followMoney(subscribers: SubscriberTable): void {
  for (const event of MONEY_EVENTS) {
    subscribers.subscribe(event, (tx, { data }) => settleLater(tx, data.purpose));
  }
}

async function settleLater(tx: Tx, { type, id }: Purpose): Promise<void> {
  if (type === 'order' && (await findRewardOfOrder(tx, id)) !== undefined) {
    await enqueue(tx, rewardSettle, { orderId: id }, { key: id });
  }
}

/** The handler of {@link rewardSettle}. */
export function handleRewardSettle({ db, wallets }: Pick<InvitesDeps, 'db' | 'wallets'>): JobHandler {
  return handleJob(rewardSettle, async (job) => {
    await db.tx('reward.settle', async (tx) => {
      await settleReward(tx, wallets, job.payload.orderId);
      await job.complete(tx);
    });
  });
}
