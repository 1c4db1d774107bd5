/**
 * Money was taken. Invariant: one succeeded capture for what the provider took under an attempt, with exactly one ledger
 * transfer of its amount, and the purpose's owner has said in the same transaction whether it was welcome. What nobody
 * owed us (late, second or excess money) is on its way back when the transaction commits.
 *
 * Crash story: everything here stands in the transaction that moves the payment to `succeeded`; before its commit
 * nothing has happened and the notification, the poll or the bill tells of the money again.
 */
import type { PaymentFacts } from '../../gateways/gateway.ts';
import type { Actor } from '../../kernel/actor.ts';
import { insertRow, type Tx } from '../../kernel/db/index.ts';
import { publish } from '../../kernel/events/index.ts';
import { newId } from '../../kernel/ids.ts';
import { cancelJob, enqueue } from '../../kernel/jobs/index.ts';
import { takeBasisPoints } from '../../kernel/money.ts';
import { initialVersion, recordInitialStates, transition } from '../../kernel/states.ts';
import { raiseAlert } from '../alerts/index.ts';
import {
  accruedFeesAccount,
  clearingAccount,
  customerSurplusAccount,
  feesAccount,
  revenueAccount,
} from '../ledger/index.ts';
import { captureMachine } from './capture-states.ts';
import { gatewayOf, ownerOf, type PaymentsDeps } from './deps.ts';
import { paymentSucceeded } from './events.ts';
import { paymentCloseOthers, paymentPoll } from './jobs.ts';
import { liveKeyOf, purposeOf, toCardColumns, toNotice } from './payment.ts';
import { findOpenPayments } from './payment-repository.ts';
import { paymentMachine } from './payment-states.ts';
import type { RefundOrigin } from './refund.ts';
import { reserveOn } from './reserve-refund.ts';
import type { CaptureRow, PaymentRow } from './tables.ts';

export interface CaptureOptions {
  readonly by: Actor;
  /** `ask` lets the owner decide; `refuse` is a person's decision to return money that did not match. */
  readonly honour: 'ask' | 'refuse';
  readonly surplusOrigin: RefundOrigin;
  /** The poll that brought the news ends its own job. */
  readonly keepsPollJob: boolean;
}

/** Moves the attempt to `succeeded`, books what was received and settles what the purpose makes of it. */
export async function recordCapture(
  tx: Tx,
  deps: PaymentsDeps,
  row: PaymentRow,
  facts: PaymentFacts,
  options: CaptureOptions,
): Promise<void> {
  const { by } = options;
  const payment = await transition<PaymentRow>(
    tx,
    paymentMachine,
    row,
    { status: 'succeeded' },
    {
      by,
      set: {
        transaction_id: facts.transactionId,
        paid_at: facts.paidAt,
        live_key: null,
        call_started_at: null,
        reason: null,
        mismatch: null,
        captured_amount: facts.amount.amount,
        ...(facts.card && toCardColumns(facts.card)),
      },
    },
  );
  const excess = options.honour === 'ask' ? Math.max(0, facts.amount.amount - payment.amount) : 0;
  const capture = await insertCapture(tx, payment, facts, { excess, by });
  if (excess > 0) {
    // Before the owner is asked: it may reserve what is left for a refund of its own.
    await returnSurplus(tx, deps, capture, { amount: excess, origin: options.surplusOrigin, by });
  }
  const isWelcome =
    options.honour === 'ask' &&
    (await ownerOf(deps, payment.purpose_type).onSucceeded(tx, toNotice(payment, tx.now, by))) === 'honoured';
  if (isWelcome) {
    await announce(tx, payment);
  } else {
    await markSurplus(tx, capture);
    const amount = capture.amount - excess;
    await returnSurplus(tx, deps, capture, { amount, origin: options.surplusOrigin, by });
  }
  await postCapture(tx, deps, capture, isWelcome ? excess : capture.amount);
  if (!options.keepsPollJob) {
    await cancelJob(tx, paymentPoll, payment.id);
  }
}

async function insertCapture(
  tx: Tx,
  payment: PaymentRow,
  facts: PaymentFacts,
  { excess, by }: { readonly excess: number; readonly by: Actor },
): Promise<CaptureRow> {
  const capture: CaptureRow = {
    id: newId('cap'),
    version: initialVersion(captureMachine),
    status: 'succeeded',
    payment_id: payment.id,
    purpose_type: payment.purpose_type,
    purpose_id: payment.purpose_id,
    provider: payment.provider,
    merchant_account: payment.merchant_account,
    provider_capture_id: facts.transactionId,
    amount: facts.amount.amount,
    currency: facts.amount.currency,
    surplus_amount: excess,
    refund_reserved: 0,
    external_refunded: 0,
    captured_at: facts.paidAt,
    is_final: 1,
    sent_at: null,
    failure: null,
    failure_reason: null,
    ...toCardColumns(facts.card),
    created_at: tx.now,
    updated_at: tx.now,
  };
  await insertRow(tx, 'captures', capture);
  await recordInitialStates(tx, captureMachine, capture.id, { status: 'succeeded' }, { by });
  return capture;
}

/** The transfer of what was received, and the provider's share of it, which accrues until its bill. */
async function postCapture(tx: Tx, deps: PaymentsDeps, capture: CaptureRow, surplus: number): Promise<void> {
  const { provider, merchant_account: merchantAccount, currency, amount } = capture;
  const purpose = purposeOf(capture);
  await deps.ledger.postTransfer(tx, {
    cause: `capture:${capture.id}`,
    purpose,
    entries: [
      { account: clearingAccount(provider, merchantAccount, currency), amount },
      { account: revenueAccount(currency), amount: surplus - amount },
      { account: customerSurplusAccount(currency), amount: 0 - surplus },
    ],
  });
  const fee = takeBasisPoints(amount, gatewayOf(deps, capture).feeBasisPoints);
  await deps.ledger.postTransfer(tx, {
    cause: `fee:${capture.id}`,
    purpose,
    entries: [
      { account: feesAccount(provider, currency), amount: fee },
      { account: accruedFeesAccount(provider, merchantAccount, currency), amount: 0 - fee },
    ],
  });
}

/** Tells the others; and where another attempt is still open, it must not take the money a second time. */
async function announce(tx: Tx, payment: PaymentRow): Promise<void> {
  const purpose = purposeOf(payment);
  const { id, provider, method, amount, currency } = payment;
  const others = await findOpenPayments(tx, purpose);
  if (others.length > 0) {
    await enqueue(tx, paymentCloseOthers, purpose, { key: liveKeyOf(purpose) });
  }
  await publish(tx, paymentSucceeded, purpose.id, {
    paymentId: id,
    purpose,
    provider,
    method,
    amount: { amount, currency },
  });
}

/** Nobody owed us any of it: the attempt does not count for its purpose. */
async function markSurplus(tx: Tx, capture: CaptureRow): Promise<void> {
  await tx.query
    .updateTable('captures')
    .set({ surplus_amount: capture.amount, updated_at: tx.now })
    .where('id', '=', capture.id)
    .execute();
  await tx.query
    .updateTable('payments')
    .set({ is_surplus: 1, updated_at: tx.now })
    .where('id', '=', capture.payment_id)
    .execute();
}

interface Surplus {
  readonly amount: number;
  readonly origin: RefundOrigin;
  readonly by: Actor;
}

async function returnSurplus(
  tx: Tx,
  deps: PaymentsDeps,
  capture: CaptureRow,
  { amount, origin, by }: Surplus,
): Promise<void> {
  await raiseAlert(tx, {
    kind: 'surplus_payment',
    subject: capture.payment_id,
    severity: 'warning',
    details: { purpose: purposeOf(capture), amount, currency: capture.currency },
  });
  await reserveOn(tx, deps, capture, { amount, isSurplus: true, origin, by, reason: null });
}
