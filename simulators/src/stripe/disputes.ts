import { controlError } from '../control-error.ts';
import { moveBalance } from './balance.ts';
import type { StripeContext } from './context.ts';
import { emit } from './events.ts';
import type { StripeObject } from './objects.ts';
import { DISPUTE_SHAPE } from './shapes.ts';

const DISPUTE_FEE = 1500;
const EVIDENCE_SECONDS = 10 * 86_400;

export interface NewDispute {
  charge: StripeObject;
  amount: number | undefined;
  reason: string;
  /** A question of the payer's bank that moves no money yet. */
  isInquiry: boolean;
}

function move(
  context: StripeContext,
  dispute: StripeObject,
  direction: 'withdrawn' | 'reinstated',
): StripeObject {
  const isOut = direction === 'withdrawn';
  const line = moveBalance(context, {
    type: 'adjustment',
    category: isOut ? 'dispute' : 'dispute_reversal',
    amount: (isOut ? -1 : 1) * (dispute.amount as number),
    fee: isOut ? DISPUTE_FEE : 0,
    currency: dispute.currency as string,
    source: dispute.id,
  });
  return { ...dispute, balance_transactions: [...(dispute.balance_transactions as unknown[]), line] };
}

/** The payer goes to their bank. */
export function openDispute(context: StripeContext, input: NewDispute): StripeObject {
  const { objects } = context;
  const { charge } = input;
  if (charge.captured !== true) {
    throw controlError(409, 'not_captured', 'Only money that was taken can be disputed.');
  }
  const created = objects.nowSeconds();
  const opened: StripeObject = {
    ...DISPUTE_SHAPE,
    id: objects.newId('dispute'),
    amount: input.amount ?? charge.amount_captured,
    charge: charge.id,
    created,
    currency: charge.currency,
    evidence_details: { ...DISPUTE_SHAPE.evidence_details, due_by: created + EVIDENCE_SECONDS },
    is_charge_refundable: input.isInquiry,
    payment_intent: charge.payment_intent,
    reason: input.reason,
    status: input.isInquiry ? 'warning_needs_response' : 'needs_response',
  };
  const dispute = input.isInquiry ? opened : move(context, opened, 'withdrawn');
  objects.insert(dispute, charge.id);
  objects.update({ ...charge, disputed: true });
  emit(context, 'charge.dispute.created', dispute);
  if (!input.isInquiry) {
    emit(context, 'charge.dispute.funds_withdrawn', dispute);
  }
  return dispute;
}

/** The bank has decided; what was won comes back. */
export function closeDispute(
  context: StripeContext,
  dispute: StripeObject,
  outcome: 'won' | 'lost' | 'warning_closed',
): StripeObject {
  if (['won', 'lost', 'warning_closed'].includes(String(dispute.status))) {
    throw controlError(409, 'dispute_closed', 'The dispute is closed already.');
  }
  const moved = outcome === 'won' ? move(context, dispute, 'reinstated') : dispute;
  const closed = { ...moved, status: outcome };
  context.objects.update(closed);
  emit(context, 'charge.dispute.closed', closed);
  if (outcome === 'won') {
    emit(context, 'charge.dispute.funds_reinstated', closed);
  }
  return closed;
}

export function reviewDispute(context: StripeContext, dispute: StripeObject): StripeObject {
  const inReview = {
    ...dispute,
    status: String(dispute.status).startsWith('warning') ? 'warning_under_review' : 'under_review',
  };
  context.objects.update(inReview);
  emit(context, 'charge.dispute.updated', inReview);
  return inReview;
}
