/**
 * The one place where a provider's word meets a dispute. Invariant: one row for each of the provider's disputes, each of its
 * movements booked once, and the owner of the disputed money knows where it stands. Notifications come out of order and
 * again: they only take a dispute forward; our own query, which every one of them causes where the provider can be
 * asked, says where it really is.
 *
 * Crash story: one transaction, that of the notification or query; without its commit it is told or asked for again.
 */
import type { DisputeFacts } from '../../../gateways/gateway.ts';
import { type Actor, providerActor } from '../../../kernel/actor.ts';
import { insertRow, type Tx } from '../../../kernel/db/index.ts';
import { publish } from '../../../kernel/events/index.ts';
import { newId } from '../../../kernel/ids.ts';
import { enqueue, moveJob } from '../../../kernel/jobs/index.ts';
import { initialVersion, recordInitialStates, transition } from '../../../kernel/states.ts';
import { raiseAlert, resolveAlert } from '../../alerts/index.ts';
import { ownerOf, type PaymentsDeps } from '../deps.ts';
import { disputeChanged } from '../events.ts';
import { disputeQuery } from '../jobs.ts';
import type { EventFacts } from '../notifications/provider-event.ts';
import { purposeOf } from '../payment.ts';
import { findCapturesOfPayment, findPayment, lockPayment } from '../payment-repository.ts';
import type { CaptureRow } from '../tables.ts';
import {
  findCaptureByNumber,
  findDisputeByNumber,
  type Merchant,
  patchDispute,
  readDisputeStatus,
} from './dispute-repository.ts';
import { disputeMachine, isEnded, isForward } from './dispute-states.ts';
import { recordMovements } from './record-movements.ts';
import type { DisputeRow } from './tables.ts';

/** `unknown_dispute`: it is about money that we do not know of. */
export type DisputeApplied = 'applied' | 'foreign' | 'unknown_dispute';

/** Applies a notification, and lets the provider be asked where it can be. */
export async function applyDispute(
  tx: Tx,
  deps: PaymentsDeps,
  event: EventFacts,
  facts: DisputeFacts,
): Promise<DisputeApplied> {
  if (facts.merchantAccount !== event.merchantAccount) {
    return 'foreign';
  }
  const word = { source: 'notification', by: providerActor(event.provider) } as const;
  const dispute = await applyDisputeFacts(tx, deps, event, facts, word);
  if (dispute === undefined) {
    return 'unknown_dispute';
  }
  if (deps.gateways.byProvider(event.provider)?.queryDispute !== undefined) {
    const payload = { disputeId: dispute.id };
    if (!(await enqueue(tx, disputeQuery, payload, { key: dispute.id }))) {
      await moveJob(tx, disputeQuery, dispute.id, tx.now);
    }
  }
  return 'applied';
}

interface DisputeWord {
  readonly source: 'notification' | 'query';
  readonly by: Actor;
}

/** Records what the facts say; answers the dispute, or `undefined` where we do not know of the money disputed. */
export async function applyDisputeFacts(
  tx: Tx,
  deps: PaymentsDeps,
  merchant: Merchant,
  facts: DisputeFacts,
  word: DisputeWord,
): Promise<DisputeRow | undefined> {
  const capture = await findDisputed(tx, merchant, facts);
  const payment = capture && (await lockPayment(tx, deps, capture.payment_id));
  if (capture === undefined || payment === undefined) {
    return undefined;
  }
  const existing = await findDisputeByNumber(tx, merchant, facts.disputeId);
  const before = existing ?? (await open(tx, merchant, capture, facts, word.by));
  const { dispute: moved, recorded } = await recordMovements(tx, deps, before, facts);
  const after = await follow(tx, moved, facts, word);
  const isChanged =
    existing === undefined ||
    recorded > 0 ||
    after.status !== existing.status ||
    after.evidence_due_at !== existing.evidence_due_at;
  if (isChanged) {
    await tell(tx, deps, after, word.by);
  }
  return after;
}

/** The capture that is disputed: by its own number, or else the first that its payment has brought. */
async function findDisputed(
  tx: Tx,
  merchant: Merchant,
  facts: DisputeFacts,
): Promise<CaptureRow | undefined> {
  const known = await findDisputeByNumber(tx, merchant, facts.disputeId);
  if (known !== undefined) {
    return (await findCapturesOfPayment(tx, known.payment_id)).find(({ id }) => id === known.capture_id);
  }
  const number = facts.captureTransactionId;
  const byNumber = number === null ? undefined : await findCaptureByNumber(tx, merchant, number);
  if (byNumber !== undefined || facts.paymentId === null) {
    return byNumber?.status === 'succeeded' ? byNumber : undefined;
  }
  const payment = await findPayment(tx, facts.paymentId);
  const isTheirs =
    payment?.provider === merchant.provider && payment.merchant_account === merchant.merchantAccount;
  return isTheirs ? (await findCapturesOfPayment(tx, payment.id))[0] : undefined;
}

async function open(
  tx: Tx,
  { provider, merchantAccount }: Merchant,
  capture: CaptureRow,
  facts: DisputeFacts,
  by: Actor,
): Promise<DisputeRow> {
  const dispute: DisputeRow = {
    id: newId('dsp'),
    version: initialVersion(disputeMachine),
    status: facts.stage,
    provider,
    merchant_account: merchantAccount,
    provider_dispute_id: facts.disputeId,
    payment_id: capture.payment_id,
    capture_id: capture.id,
    purpose_type: capture.purpose_type,
    purpose_id: capture.purpose_id,
    amount: facts.amount.amount,
    currency: facts.amount.currency,
    is_surplus: capture.surplus_amount === capture.amount ? 1 : 0,
    reason: facts.reason.slice(0, 100),
    held_amount: 0,
    evidence_due_at: facts.evidenceDueAt,
    opened_at: facts.openedAt,
    ended_at: isEnded(facts.stage) ? tx.now : null,
    answered_at: null,
    answered_by: null,
    note: null,
    last_queried_at: 0,
    created_at: tx.now,
    updated_at: tx.now,
  };
  await insertRow(tx, 'disputes', dispute);
  await recordInitialStates(tx, disputeMachine, dispute.id, { status: dispute.status }, { by });
  return dispute;
}

/** Takes the dispute to where the facts say it is. */
async function follow(
  tx: Tx,
  dispute: DisputeRow,
  facts: DisputeFacts,
  { source, by }: DisputeWord,
): Promise<DisputeRow> {
  const { stage, evidenceDueAt } = facts;
  const set = {
    // An old notification may carry an old date.
    evidence_due_at: source === 'query' ? evidenceDueAt : (evidenceDueAt ?? dispute.evidence_due_at),
    ...(source === 'query' && { last_queried_at: tx.now, amount: facts.amount.amount }),
  };
  const isNews = source === 'query' ? stage !== dispute.status : isForward(dispute.status, stage);
  if (isNews) {
    const all = { ...set, ended_at: isEnded(stage) ? tx.now : null };
    return transition<DisputeRow>(tx, disputeMachine, dispute, { status: stage }, { by, set: all });
  }
  const isPatched = source === 'query' || set.evidence_due_at !== dispute.evidence_due_at;
  return isPatched ? patchDispute(tx, dispute, set) : dispute;
}

/** People, the owner of the money and everybody else, in this order. */
async function tell(tx: Tx, deps: PaymentsDeps, dispute: DisputeRow, by: Actor): Promise<void> {
  await alertPeople(tx, dispute, by);
  const purpose = purposeOf(dispute);
  const status = dispute.status;
  await ownerOf(deps, purpose.type).onDisputeChanged(tx, {
    disputeId: dispute.id,
    paymentId: dispute.payment_id,
    purpose,
    status,
    heldAmount: dispute.held_amount,
    disputeStatus: await readDisputeStatus(tx, purpose),
    at: tx.now,
    by,
  });
  await publish(tx, disputeChanged, purpose.id, {
    disputeId: dispute.id,
    paymentId: dispute.payment_id,
    purpose,
    status,
    amount: { amount: dispute.amount, currency: dispute.currency },
  });
}

async function alertPeople(tx: Tx, dispute: DisputeRow, by: Actor): Promise<void> {
  const { id: subject, status, reason, amount, currency, payment_id: paymentId } = dispute;
  const dueAt = dispute.evidence_due_at;
  const details = {
    ...{ paymentId, purposeId: dispute.purpose_id, status, reason, amount, currency },
    taken: dispute.held_amount,
    evidenceDueAt: dueAt === null ? null : new Date(dueAt).toISOString(),
  };
  if (!isEnded(status)) {
    await raiseAlert(tx, { kind: 'payment_disputed', subject, severity: 'critical', details });
    return;
  }
  await resolveAlert(tx, { kind: 'payment_disputed', subject, by, note: status });
  if (status === 'lost') {
    await raiseAlert(tx, { kind: 'dispute_lost', subject, severity: 'warning', details });
  } else {
    await resolveAlert(tx, { kind: 'dispute_lost', subject, by, note: status });
  }
}
