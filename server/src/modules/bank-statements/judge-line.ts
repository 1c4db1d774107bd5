/** Which payment a line stands for. Pure: whether another line has been quicker is for the database to say. */
import type { HandPayment, HandRefund } from '../payments/index.ts';

export const lineReasons = [
  'unknown_code',
  'several_codes',
  'currency',
  'short',
  'over',
  'duplicate',
  'closed',
  'not_ours',
  'returned',
  'refund',
  'outgoing',
] as const;

/** Why a line is not matched (the first seven), why it was dismissed, or what kind of outgoing line it is. */
export type LineReason = (typeof lineReasons)[number];

/** Why a person has dismissed a line. */
export const dismissals = ['not_ours', 'returned'] as const satisfies readonly LineReason[];

interface Movement {
  readonly amount: number;
  readonly currency: string;
}

export interface Judgement {
  readonly payment: HandPayment | null;
  /** `null` where the line fits exactly. */
  readonly reason: LineReason | null;
}

/** Judges money that came in by the payments whose codes stand in its text. Anything but an exact fit has a reason. */
export function judgeIncoming(line: Movement, named: readonly HandPayment[]): Judgement {
  const [payment = null, ...others] = named;
  if (payment === null) {
    return { payment, reason: 'unknown_code' };
  }
  return { payment, reason: others.length > 0 ? 'several_codes' : misfitOf(line, payment) };
}

/** Why the money is not simply what was asked for; `null` when it is. */
export function misfitOf(line: Movement, payment: HandPayment): LineReason | null {
  if (payment.currency !== line.currency) {
    return 'currency';
  }
  if (payment.status === 'succeeded') {
    return 'duplicate';
  }
  if (line.amount !== payment.amount) {
    return line.amount < payment.amount ? 'short' : 'over';
  }
  return payment.status === 'closed' || payment.status === 'failed' ? 'closed' : null;
}

export interface OutgoingJudgement {
  /** The payment whose money the bank has taken back, where that is what the line looks like. */
  readonly bounced: HandPayment | null;
  /** The refund that a person has paid out by this line. */
  readonly refund: HandRefund | null;
}

/**
 * Judges money that went out: a refund that we owe comes first, because its text names the same payment as a transfer that
 * has bounced. `refundIds` stand in the text of the line.
 */
export function judgeOutgoing(
  line: Movement,
  named: readonly HandPayment[],
  refunds: readonly HandRefund[],
): OutgoingJudgement {
  const amount = 0 - line.amount;
  const fits = (money: Movement) => money.currency === line.currency && money.amount === amount;
  const refund = refunds.find(
    (owed) => fits(owed) && ['sent', 'abnormal', 'succeeded'].includes(owed.status),
  );
  if (refund !== undefined) {
    return { bounced: null, refund };
  }
  const [payment, ...others] = named.filter(({ status }) => status === 'succeeded');
  const isBounce =
    payment !== undefined &&
    others.length === 0 &&
    fits({ amount: payment.capturedAmount, currency: payment.currency });
  return { bounced: isBounce ? payment : null, refund: null };
}
