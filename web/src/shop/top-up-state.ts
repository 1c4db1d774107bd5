/** Where a top-up stands for the customer who has ordered it. */
import type { Topup } from '../types/topups.ts';

export type TopupPhase =
  | 'unpaid'
  | 'over'
  | 'waiting'
  | 'delivering'
  | 'delivered'
  | 'checking'
  | 'failed'
  | 'refunding'
  | 'refunded';

type Standing = Pick<Topup, 'status' | 'paymentStatus' | 'rechargeStatus'>;

const DELIVERIES: Readonly<Record<string, TopupPhase>> = {
  unfulfilled: 'waiting',
  in_progress: 'delivering',
  fulfilled: 'delivered',
  unknown: 'checking',
  failed: 'failed',
  cancelled: 'refunding',
};

/** What the customer is told. Money on its way back comes before what the operator has said. */
export function phaseOfTopup({ status, paymentStatus, rechargeStatus }: Standing): TopupPhase {
  if (paymentStatus === 'refunded') {
    return 'refunded';
  }
  if (paymentStatus === 'refund_pending') {
    return 'refunding';
  }
  if (paymentStatus === 'unpaid') {
    return status === 'pending' ? 'unpaid' : 'over';
  }
  return DELIVERIES[rechargeStatus] ?? 'waiting';
}

/** Whether it will become something else by itself, so that the page should follow. */
export function isTopupMoving(topup: Standing): boolean {
  return ['unpaid', 'waiting', 'delivering', 'failed', 'refunding', 'checking'].includes(phaseOfTopup(topup));
}
