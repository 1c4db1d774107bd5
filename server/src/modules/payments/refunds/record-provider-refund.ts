/**
 * Money that a provider returned without us: in its own console, or under a number that we had given up. Invariant: it is
 * recorded once (by the provider's number), lowers what may still be reserved, stands in the ledger, and a person is told.
 * It is a fact: nothing here may refuse it (RULES 8, 11).
 *
 * Crash story: one transaction, that of the notification or query that told of it; without its commit, it is told again.
 */
import type { RefundFacts, ReturnedMoney } from '../../../gateways/gateway.ts';
import type { Actor } from '../../../kernel/actor.ts';
import type { Tx } from '../../../kernel/db/index.ts';
import { publish } from '../../../kernel/events/index.ts';
import { newId } from '../../../kernel/ids.ts';
import { initialVersion, recordInitialStates } from '../../../kernel/states.ts';
import { raiseAlert } from '../../alerts/index.ts';
import { ownerOf, type PaymentsDeps } from '../deps.ts';
import { refundSucceeded } from '../events.ts';
import { addExternalRefundOn, findCapturesOfPayment, refundableOf } from '../payment-repository.ts';
import type { PaymentRow, RefundRow } from '../tables.ts';
import { postRefund } from './post-refund.ts';
import { toRefundEvent, toRefundNotice } from './refund-notice.ts';
import { refundMachine } from './refund-states.ts';

/** Records it; `no_capture` when we do not know of the money that it returns. The payment must be locked. */
export async function recordProviderRefund(
  tx: Tx,
  deps: PaymentsDeps,
  payment: PaymentRow,
  facts: RefundFacts,
  by: Actor,
): Promise<'recorded' | 'repeated' | 'no_capture'> {
  const captures = await findCapturesOfPayment(tx, payment.id);
  // The provider does not say which capture it gave back: the first that has so much left, or else the first.
  const capture = captures.find((candidate) => refundableOf(candidate) >= facts.amount.amount) ?? captures[0];
  if (capture === undefined) {
    return 'no_capture';
  }
  const refund: RefundRow = {
    id: newId('ref'),
    version: initialVersion(refundMachine),
    status: 'succeeded',
    payment_id: payment.id,
    capture_id: capture.id,
    purpose_type: payment.purpose_type,
    purpose_id: payment.purpose_id,
    provider: payment.provider,
    merchant_account: payment.merchant_account,
    amount: facts.amount.amount,
    currency: facts.amount.currency,
    is_surplus: capture.surplus_amount === capture.amount ? 1 : 0,
    origin: 'provider',
    reason: null,
    failure: null,
    request_key: null,
    replaces: null,
    generation: 0,
    provider_refund_id: facts.providerRefundId,
    request_id: null,
    by_hand: 0,
    prepared_by: null,
    handed_by: null,
    bounce_confirmed_by: null,
    paid_out_by: null,
    paid_out_reference: null,
    paid_from: null,
    finishing_at: null,
    sent_at: null,
    last_queried_at: 0,
    succeeded_at: facts.finishedAt ?? tx.now,
    created_at: tx.now,
    updated_at: tx.now,
  };
  if (!(await tx.insertOnce('refunds', refund))) {
    return 'repeated';
  }
  await recordInitialStates(tx, refundMachine, refund.id, { status: 'succeeded' }, { by });
  await addExternalRefundOn(tx, capture.id, refund.amount);
  await postRefund(tx, deps, refund, by);
  await raiseAlert(tx, {
    kind: 'refund_by_provider',
    subject: refund.id,
    severity: 'critical',
    details: { paymentId: payment.id, amount: refund.amount, currency: refund.currency },
  });
  await ownerOf(deps, refund.purpose_type).onRefundChanged(tx, await toRefundNotice(tx, refund, by));
  await publish(tx, refundSucceeded, refund.purpose_id, toRefundEvent(refund));
  return 'recorded';
}

/** What the provider gave back by itself as it told of the payment; each counts once, however often it is told. */
export async function recordReturned(
  tx: Tx,
  deps: PaymentsDeps,
  payment: PaymentRow,
  returned: readonly ReturnedMoney[],
  by: Actor,
): Promise<void> {
  for (const money of returned) {
    const facts = { ...money, paymentId: payment.id, merchantAccount: null };
    await recordProviderRefund(tx, deps, payment, facts, by);
  }
}
