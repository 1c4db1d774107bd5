import type { PaypalContext } from './context.ts';
import type { Dispute, DisputeOutcome, DisputeStatus, MoneyMovement } from './disputes.ts';
import { showMoney } from './money.ts';
import { newNumber } from './orders.ts';
import { requireCapture } from './payment-verbs.ts';
import { payerOf, toTime } from './views.ts';
import { notify } from './webhooks.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const RESPONSE_MS = 10 * DAY_MS;
/** What PayPal keeps of a dispute that the seller has lost. */
const DISPUTE_FEE_UNITS = 1_500;

export function showDispute(context: PaypalContext, dispute: Dispute) {
  const { order, capture } = requireCapture(context, dispute.captureId);
  const { merchantId, merchantEmail } = context.material.current();
  const money = (units: number) => showMoney({ units, currency: order.amount.currency });
  return {
    dispute_id: dispute.id,
    create_time: toTime(dispute.createdAt),
    update_time: toTime(dispute.updatedAt),
    disputed_transactions: [
      {
        buyer_transaction_id: `B${capture.id.slice(1)}`,
        seller_transaction_id: capture.id,
        create_time: toTime(capture.createdAt),
        transaction_status: 'COMPLETED',
        gross_amount: money(capture.units),
        custom: order.customId,
        buyer: { name: order.payerId === null ? 'buyer' : payerOf(context, order.payerId).name.given_name },
        seller: { email: merchantEmail, merchant_id: merchantId, name: 'Simulated merchant' },
      },
    ],
    reason: dispute.reason,
    status: dispute.status,
    dispute_amount: money(dispute.units),
    ...(dispute.outcome !== null && {
      dispute_outcome: { outcome_code: dispute.outcome, amount_refunded: money(lostUnits(dispute)) },
    }),
    ...(dispute.movements.length > 0 && {
      money_movements: dispute.movements.map(({ type, reason, units, at }) => ({
        affected_party: 'SELLER',
        amount: money(units),
        initiated_time: toTime(at),
        type,
        reason,
      })),
    }),
    dispute_life_cycle_stage: 'CHARGEBACK',
    dispute_channel: 'INTERNAL',
    seller_response_due_date: toTime(dispute.createdAt + RESPONSE_MS),
    links: [{ href: `${context.baseUrl()}/v1/customer/disputes/${dispute.id}`, rel: 'self', method: 'GET' }],
  };
}

const isLost = (outcome: DisputeOutcome | null) =>
  outcome === 'RESOLVED_BUYER_FAVOUR' || outcome === 'ACCEPTED';

function lostUnits({ outcome, units }: Dispute): number {
  return isLost(outcome) ? units : 0;
}

function tell(context: PaypalContext, event: 'CREATED' | 'UPDATED' | 'RESOLVED', dispute: Dispute): Dispute {
  const { order } = requireCapture(context, dispute.captureId);
  notify(context, `CUSTOMER.DISPUTE.${event}`, 'dispute', order.customId, showDispute(context, dispute));
  return dispute;
}

/** The payer complains. */
export function openDispute(
  context: PaypalContext,
  {
    captureId,
    units,
    reason,
  }: { captureId: string; units?: number | undefined; reason?: string | undefined },
): Dispute {
  const { capture } = requireCapture(context, captureId);
  const now = context.clock.now();
  const dispute: Dispute = {
    id: `PP-D-${newNumber().slice(0, 6)}`,
    captureId,
    reason: reason ?? 'MERCHANDISE_OR_SERVICE_NOT_RECEIVED',
    status: 'WAITING_FOR_SELLER_RESPONSE',
    outcome: null,
    units: units ?? capture.units,
    movements: [],
    createdAt: now,
    updatedAt: now,
  };
  return tell(context, 'CREATED', context.disputes.save(dispute));
}

/** PayPal moves it on; a dispute that the seller loses takes the money and a fee. */
export function moveDispute(
  context: PaypalContext,
  id: string,
  to: { status: DisputeStatus; outcome?: DisputeOutcome | undefined },
): Dispute {
  const dispute = context.disputes.require(id);
  const at = context.clock.now();
  const outcome = to.status === 'RESOLVED' ? (to.outcome ?? 'NONE') : null;
  const losses: MoneyMovement[] = isLost(outcome)
    ? [
        { type: 'DEBIT', reason: 'DISPUTE_SETTLEMENT', units: dispute.units, at },
        { type: 'DEBIT', reason: 'DISPUTE_FEE', units: DISPUTE_FEE_UNITS, at },
      ]
    : [];
  const moved = {
    ...dispute,
    status: to.status,
    outcome,
    movements: [...dispute.movements, ...losses],
    updatedAt: at,
  };
  return tell(context, to.status === 'RESOLVED' ? 'RESOLVED' : 'UPDATED', context.disputes.save(moved));
}
