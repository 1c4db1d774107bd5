/**
 * Brings what an inviter has been given to what they are due: all of the reward while all of the order's money is kept, in
 * proportion while a part of it is refunded or on its way back, nothing when all of it is.
 *
 * Invariant: `standing` is what the wallet was given under this reward and what was not taken back (doctor compares them),
 * never above the amount (CHECK). Each step has a cause of its own, made of the row's version, so that no coin is moved
 * twice. What was spent becomes a receivable and never a negative wallet.
 *
 * Crash story: each step is one transaction in which the order, the reward and the wallet are held, in this order; it also
 * ends the job. Whatever moves the order's money writes that job down under the order's lock, so a step that did not see it
 * is followed by one that does.
 */
import { systemActor } from '../../kernel/actor.ts';
import type { Tx } from '../../kernel/db/index.ts';
import { publish } from '../../kernel/events/index.ts';
import { transition } from '../../kernel/states.ts';
import { readKeptMoney } from '../payments/index.ts';
import { COIN } from '../wallet/index.ts';
import type { InvitesDeps } from './deps.ts';
import { rewardCredited, rewardTakenBack } from './events.ts';
import { findRewardOfOrder } from './queries.ts';
import { standingOf, statusFor } from './reward.ts';
import { rewardMachine } from './reward-states.ts';
import type { RewardRow } from './tables.ts';

const by = systemActor('reward.settle');

type Wallets = InvitesDeps['wallets'];

/** The ledger's name of what the first step does; the later ones add the version. */
const originOf = (reward: RewardRow): string => `reward:${reward.order_id}`;

/** Settles the reward of the order, where it has one. */
export async function settleReward(tx: Tx, wallets: Wallets, orderId: string): Promise<void> {
  await tx.lock('orders', orderId);
  const seen = await findRewardOfOrder(tx, orderId);
  const reward = seen && (await tx.lock('invite_rewards', seen.id));
  if (reward === undefined) {
    return;
  }
  const standing = standingOf(reward.amount, await readKeptMoney(tx, { type: 'order', id: orderId }));
  if (standing === reward.standing && reward.status !== 'due') {
    return;
  }
  const status = statusFor(reward.amount, standing);
  const isGranted = reward.granted_at !== null || standing > 0;
  const set = { standing, granted_at: isGranted ? (reward.granted_at ?? tx.now) : null };
  const settled = await transition<RewardRow>(tx, rewardMachine, reward, { status }, { by, set });
  if (reward.granted_at === null && standing > 0) {
    await grant(tx, wallets, settled);
  } else {
    await adjust(tx, wallets, settled, standing - reward.standing);
  }
  await tell(tx, settled, standing - reward.standing);
}

/** The first coins: all of the reward, of which a refund that came sooner takes its part at once. */
async function grant(tx: Tx, wallets: Wallets, reward: RewardRow): Promise<void> {
  await wallets.credit(tx, {
    ...{ customerId: reward.inviter_id, type: 'reward', source: 'granted', gift: reward.amount },
    ...{ cause: originOf(reward), purpose: toPurpose(reward), by },
  });
  await adjust(tx, wallets, reward, reward.standing - reward.amount);
}

/** More where a refund came to nothing, less where there was one. */
async function adjust(tx: Tx, wallets: Wallets, reward: RewardRow, change: number): Promise<void> {
  const wanted = {
    ...{ customerId: reward.inviter_id, origin: originOf(reward), gift: Math.abs(change) },
    ...{ cause: `${originOf(reward)}:${reward.version}`, purpose: toPurpose(reward), by },
  };
  if (change < 0) {
    await wallets.takeBack(tx, { ...wanted, shortfall: 'receivable' });
  } else if (change > 0) {
    await wallets.giveBack(tx, wanted);
  }
}

function toPurpose({ id }: RewardRow) {
  return { type: 'invite_reward', id };
}

async function tell(tx: Tx, reward: RewardRow, change: number): Promise<void> {
  if (change === 0) {
    return;
  }
  await publish(tx, change > 0 ? rewardCredited : rewardTakenBack, reward.id, {
    ...{ rewardId: reward.id, customerId: reward.inviter_id },
    ...{ amount: Math.abs(change), currency: COIN },
  });
}
