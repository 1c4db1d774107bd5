/**
 * What an order of coins earns whoever has invited its customer.
 *
 * Invariant: an order has one reward at most, and in the mode `first` so has a customer (unique keys): of two first orders
 * that are paid at once, one brings it. Crash story: the reward stands, with its terms and its job, in the transaction
 * that pays the order; the inviter's wallet is only touched by the job, so that nobody's payment waits for somebody else's
 * wallet, nor fails with it.
 */

import { systemActor } from '../../kernel/actor.ts';
import type { Tx } from '../../kernel/db/index.ts';
import { newId } from '../../kernel/ids.ts';
import { enqueue } from '../../kernel/jobs/index.ts';
import { initialVersion, recordInitialStates } from '../../kernel/states.ts';
import type { CoinsCredited } from '../coins/index.ts';
import type { InvitesDeps } from './deps.ts';
import { rewardSettle } from './jobs.ts';
import { rewardFor } from './reward.ts';
import { rewardMachine } from './reward-states.ts';
import type { RewardRow } from './tables.ts';

type BoughtCoins = Pick<CoinsCredited, 'orderId' | 'customerId' | 'coins'>;

/** Writes the reward of an order down (coins that were sold, without gifts), where the customer has an inviter who is still there and the order earns anything. */
export async function promiseReward(
  tx: Tx,
  { rewardBasisPoints, rewardOn }: InvitesDeps['config'],
  { orderId, customerId, coins }: BoughtCoins,
): Promise<void> {
  const amount = rewardFor(coins, rewardBasisPoints);
  const inviterId = amount > 0 ? await findInviter(tx, customerId) : undefined;
  if (inviterId === undefined) {
    return;
  }
  const reward: RewardRow = {
    ...{ id: newId('rwd'), version: initialVersion(rewardMachine), status: 'due' },
    ...{ order_id: orderId, invitee_id: customerId, inviter_id: inviterId, first_key: customerId },
    ...{ basis_points: rewardBasisPoints, coins, amount, standing: 0, granted_at: null },
    ...{ created_at: tx.now, updated_at: tx.now },
  };
  const isWritten =
    (await tx.insertOnce('invite_rewards', reward)) ||
    (rewardOn === 'every' && (await tx.insertOnce('invite_rewards', { ...reward, first_key: null })));
  if (isWritten) {
    const by = systemActor('reward.promise');
    await recordInitialStates(tx, rewardMachine, reward.id, { status: 'due' }, { by });
    await enqueue(tx, rewardSettle, { orderId }, { key: orderId });
  }
}

async function findInviter(tx: Tx, customerId: string): Promise<string | undefined> {
  const inviter = await tx.query
    .selectFrom('invites')
    .innerJoin('users', 'users.id', 'invites.inviter_id')
    .select('users.id as id')
    .where('invites.id', '=', customerId)
    .where('users.status', '=', 'active')
    .executeTakeFirst();
  return inviter?.id;
}
