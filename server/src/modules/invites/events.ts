import { defineEvent } from '../../kernel/events/index.ts';

/** What is told of a reward's change. */
export interface RewardEvent {
  readonly rewardId: string;
  /** The inviter, whose wallet it is. */
  readonly customerId: string;
  /** By how much the reward has changed; hundredths of a coin, above zero. */
  readonly amount: number;
  readonly currency: string;
}

/** An inviter was given coins, or given back what was taken. */
export const rewardCredited = defineEvent<RewardEvent>({ name: 'reward.credited', version: 1 });
/** Coins of a reward were taken back, because what had earned them was refunded. */
export const rewardTakenBack = defineEvent<RewardEvent>({ name: 'reward.taken_back', version: 1 });
