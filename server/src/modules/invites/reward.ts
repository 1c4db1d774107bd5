/** The sums of rewards. Everything is rounded down, so that an inviter never has more than their part. */
import { scaleDown } from '../../kernel/money.ts';
import type { RewardStatus } from './reward-states.ts';

const WHOLE = 10_000;

/** What an order that sells so many coins earns the inviter. */
export function rewardFor(coins: number, basisPoints: number): number {
  return scaleDown(coins, basisPoints, WHOLE);
}

/** What of a reward stands while `kept` of the `captured` money stays with the shop. */
export function standingOf(
  amount: number,
  { captured, kept }: { readonly captured: number; readonly kept: number },
): number {
  return captured <= 0 ? 0 : scaleDown(amount, Math.min(kept, captured), captured);
}

/** What a reward is called when so much of it stands. */
export function statusFor(amount: number, standing: number): Exclude<RewardStatus, 'due'> {
  if (standing === 0) {
    return 'withdrawn';
  }
  return standing === amount ? 'granted' : 'reduced';
}
