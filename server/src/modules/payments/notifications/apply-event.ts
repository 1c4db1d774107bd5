/**
 * What a verified notification does. Runs in the transaction in which the notification is written down; decides what
 * becomes of it and whether its provider may forget it (RULES 7, 9).
 */
import type { DisputeFacts, Gateway, NotificationSubject } from '../../../gateways/gateway.ts';
import { providerActor } from '../../../kernel/actor.ts';
import type { Tx } from '../../../kernel/db/index.ts';
import { enqueue, moveJob } from '../../../kernel/jobs/index.ts';
import { raiseAlert } from '../../alerts/index.ts';
import { applyPaymentResult } from '../attempts/apply-payment-result.ts';
import { pollSoon } from '../attempts/poll-payment.ts';
import type { PaymentsDeps } from '../deps.ts';
import { applyDispute } from '../disputes/apply-dispute.ts';
import { refundPoll } from '../jobs.ts';
import { findPayment, lockPayment } from '../payment-repository.ts';
import { applyRefundResult } from '../refunds/apply-refund-result.ts';
import { recordProviderRefund } from '../refunds/record-provider-refund.ts';
import { lockRefund } from '../refunds/refund-repository.ts';
import { type EventFacts, type Judgement, subjectIdOf } from './provider-event.ts';

const APPLIED: Judgement = { state: 'applied', reason: null, isAccepted: true };
const IGNORED: Judgement = { state: 'ignored', reason: null, isAccepted: true };

/** Applies the event. `gateway` is that of its provider. */
export function applyEvent(
  tx: Tx,
  deps: PaymentsDeps,
  gateway: Gateway,
  event: EventFacts,
): Promise<Judgement> {
  if (event.merchantAccount !== gateway.merchantAccount) {
    return quarantineForeign(tx, event);
  }
  switch (event.subject.type) {
    case 'payment':
      return applyToPayment(tx, deps, event, event.subject);
    case 'refund':
      return applyToRefund(tx, deps, event, event.subject);
    case 'dispute':
      return applyToDispute(tx, deps, event, event.subject.facts);
    case 'other':
      return Promise.resolve(IGNORED);
  }
}

async function applyToPayment(
  tx: Tx,
  deps: PaymentsDeps,
  event: EventFacts,
  { paymentId, result }: Extract<NotificationSubject, { type: 'payment' }>,
): Promise<Judgement> {
  const row = await lockPayment(tx, deps, paymentId);
  if (row === undefined || row.provider !== event.provider) {
    return quarantineUnknown(tx, event, 'unknown_payment');
  }
  const word = { source: 'notification', by: providerActor(event.provider) } as const;
  const applied = await applyPaymentResult(tx, deps, row, result, word);
  if (applied.kind === 'mismatch') {
    await pollSoon(tx, paymentId);
    return quarantineMismatch(tx, event, applied.field);
  }
  const needsHold = result.outcome === 'approved' && row.capture_mode === 'manual';
  if (applied.kind === 'still_open' || needsHold) {
    await pollSoon(tx, paymentId);
  }
  return APPLIED;
}

async function applyToRefund(
  tx: Tx,
  deps: PaymentsDeps,
  event: EventFacts,
  { refundId, paymentId, result }: Extract<NotificationSubject, { type: 'refund' }>,
): Promise<Judgement> {
  const by = providerActor(event.provider);
  const row = await lockRefund(tx, deps, refundId);
  if (row !== undefined && row.provider === event.provider) {
    const applied = await applyRefundResult(tx, deps, row, result, { source: 'notification', by });
    switch (applied.kind) {
      case 'mismatch':
        await pollRefundSoon(tx, refundId);
        return quarantineMismatch(tx, event, applied.field);
      case 'doubtful':
        await pollRefundSoon(tx, refundId);
        return APPLIED;
      case 'moved':
      case 'same':
        return APPLIED;
      case 'unexpected':
    }
  }
  if (result.outcome !== 'succeeded') {
    // Not ours, and no money has moved: there will be another notification when it has.
    return row === undefined ? IGNORED : APPLIED;
  }
  const payment = await lockPayment(tx, deps, paymentId);
  if (payment === undefined || payment.provider !== event.provider) {
    return quarantineUnknown(tx, event, 'unknown_refund');
  }
  if (payment.merchant_account !== event.merchantAccount) {
    // The money is at the account that we had before; what another one says of it is none of its business.
    return quarantineMismatch(tx, event, 'merchant');
  }
  if (result.facts.amount.currency !== payment.currency || result.facts.paymentId !== payment.id) {
    return quarantineMismatch(tx, event, 'currency');
  }
  const recorded = await recordProviderRefund(tx, deps, payment, result.facts, by);
  if (recorded === 'no_capture') {
    await pollSoon(tx, paymentId);
    return quarantineUnknown(tx, event, 'refund_before_payment');
  }
  return APPLIED;
}

async function applyToDispute(
  tx: Tx,
  deps: PaymentsDeps,
  event: EventFacts,
  facts: DisputeFacts,
): Promise<Judgement> {
  const applied = await applyDispute(tx, deps, event, facts);
  switch (applied) {
    case 'applied':
      return APPLIED;
    case 'foreign':
      return quarantineMismatch(tx, event, 'merchant');
    case 'unknown_dispute':
      if (facts.paymentId !== null && (await findPayment(tx, facts.paymentId)) !== undefined) {
        await pollSoon(tx, facts.paymentId);
      }
      return quarantineUnknown(tx, event, applied);
  }
}

/** Lets the refund be asked for as soon as a worker is free. */
export async function pollRefundSoon(tx: Tx, refundId: string): Promise<void> {
  if (!(await enqueue(tx, refundPoll, { refundId }, { key: refundId }))) {
    await moveJob(tx, refundPoll, refundId, tx.now);
  }
}

/** It may be meant for another merchant, so it changes nothing; our own query tells whether the money is ours. */
async function quarantineMismatch(tx: Tx, event: EventFacts, field: string): Promise<Judgement> {
  await raiseAlert(tx, {
    kind: 'notification_mismatch',
    subject: event.id,
    severity: 'critical',
    details: { provider: event.provider, field, subject: subjectIdOf(event.subject) },
  });
  return { state: 'quarantined', reason: `mismatch_${field}`, isAccepted: true };
}

/** Another merchant's, or so it says: should it be about money of ours, our own query tells (RULES 7). */
async function quarantineForeign(tx: Tx, event: EventFacts): Promise<Judgement> {
  const { subject } = event;
  if (subject.type === 'payment' && (await findPayment(tx, subject.paymentId)) !== undefined) {
    await pollSoon(tx, subject.paymentId);
  }
  return quarantineMismatch(tx, event, 'merchant');
}

/** Kept, and refused: it comes again, by when we may know what it is about. */
async function quarantineUnknown(tx: Tx, event: EventFacts, reason: string): Promise<Judgement> {
  await raiseAlert(tx, {
    kind: 'notification_unknown',
    subject: event.id,
    severity: 'warning',
    details: { provider: event.provider, reason, subject: subjectIdOf(event.subject) },
  });
  return { state: 'quarantined', reason, isAccepted: false };
}
