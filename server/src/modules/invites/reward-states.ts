import { defineMachine, defineStates } from '../../kernel/states.ts';

/**
 * `due`: the order was paid, the coins are on their way. `granted`: all of them are the inviter's. `reduced`: a part was
 * taken back, because a part of the order was refunded. `withdrawn`: nothing is left of it, or it was never given.
 */
export const rewardStatusNames = ['due', 'granted', 'reduced', 'withdrawn'] as const;

export type RewardStatus = (typeof rewardStatusNames)[number];

const rewardStates = defineStates<RewardStatus>({
  name: 'invite_reward.status',
  initial: ['due'],
  ends: ['granted', 'reduced', 'withdrawn'],
  arrows: {
    due: ['granted', 'reduced', 'withdrawn'],
    granted: ['reduced', 'withdrawn'],
    // From one part to another, too.
    reduced: ['reduced', 'granted', 'withdrawn'],
    // A refund that comes to nothing gives back what it had taken.
    withdrawn: ['granted', 'reduced'],
  },
});

export const rewardMachine = defineMachine({
  entity: 'invite_reward',
  table: 'invite_rewards',
  fields: { status: rewardStates },
});
