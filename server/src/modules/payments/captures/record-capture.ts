/**
 * Money was taken. Invariant: every capture that succeeded has exactly one ledger transfer of its amount, and when nothing
 * more can be taken under the attempt the purpose's owner has said in the same transaction whether it was welcome. What
 * nobody owed us (late, second or excess money) is on its way back when the transaction commits.
 *
 * Crash story: everything here stands in the transaction that moves the payment to `succeeded`; before its commit
 * nothing has happened and the notification, the poll or the bill tells of the money again.
 */
import type { PaymentFacts } from '../../../gateways/gateway.ts';
import type { Actor } from '../../../kernel/actor.ts';
import { insertRow, type Tx } from '../../../kernel/db/index.ts';
import { publish } from '../../../kernel/events/index.ts';
import { cancelJob, enqueue } from '../../../kernel/jobs/index.ts';
import { takeBasisPoints } from '../../../kernel/money.ts';
import { recordInitialStates, transition } from '../../../kernel/states.ts';
import { raiseAlert } from '../../alerts/index.ts';
import {
  accruedFeesAccount,
  clearingAccount,
  customerSurplusAccount,
  feesAccount,
  revenueAccount,
} from '../../ledger/index.ts';
import { endWaiting } from '../attempts/waiting.ts';
import { gatewayOf, ownerOf, type PaymentsDeps } from '../deps.ts';
import { paymentSucceeded } from '../events.ts';
import { paymentCloseOthers, paymentPoll } from '../jobs.ts';
import { liveKeyOf, purposeOf, toCardColumns, toNotice } from '../payment.ts';
import {
  findCapturesOfPayment,
  findOpenPayments,
  patchPayment,
  refundableOf,
} from '../payment-repository.ts';
import { paymentMachine } from '../payment-states.ts';
import type { RefundOrigin } from '../refunds/refund.ts';
import { reserveOn } from '../refunds/reserve-refund.ts';
import type { CaptureRow, PaymentRow } from '../tables.ts';
import { newCapture } from './capture.ts';
import { captureMachine } from './capture-states.ts';

export interface CaptureOptions {
  readonly by: Actor;
  /** `ask` lets the owner decide; `refuse` is a person's decision to return money that did not match. */
  readonly honour: 'ask' | 'refuse';
  readonly surplusOrigin: RefundOrigin;
  /** The poll that brought the news ends its own job. */
  readonly keepsPollJob: boolean;
}

/**
 * Books what was taken under the attempt beyond what is known, moves it to `succeeded` and settles what the purpose makes
 * of it. `facts.amount` is what was taken in all.
 */
export async function recordCapture(
  tx: Tx,
  deps: PaymentsDeps,
  row: PaymentRow,
  facts: PaymentFacts,
  options: CaptureOptions,
): Promise<void> {
  const { amount, currency } = facts.amount;
  // Of a mismatch that a person returns, the currency may be another one.
  const known = currency === row.currency ? row.captured_amount : 0;
  const capture = await insertCapture(tx, row, facts, { amount: amount - known, by: options.by });
  const set = {
    transaction_id: row.transaction_id ?? facts.transactionId,
    paid_at: facts.paidAt,
    captured_amount: row.captured_amount + capture.amount,
    ...(facts.card && toCardColumns(facts.card)),
  };
  // What the provider kept is of all that was taken; of a part of it nobody has said anything.
  const fee = known === 0 ? facts.fee : undefined;
  await finishAttempt(tx, deps, row, options, { capture, set, fee });
}

/**
 * Moves the attempt to `succeeded`: nothing more will be taken under it. The owner says whether it was welcome; what was
 * not goes back. `latest` is a capture that has just succeeded and is not booked yet.
 */
export async function finishAttempt(
  tx: Tx,
  deps: PaymentsDeps,
  row: PaymentRow,
  options: CaptureOptions,
  latest?: {
    readonly capture: CaptureRow;
    readonly set: Partial<PaymentRow>;
    readonly fee?: number | undefined;
  },
): Promise<void> {
  const { by, honour, surplusOrigin: origin } = options;
  const ended = { live_key: null, call_started_at: null, reason: null, mismatch: null, held_until: null };
  const set = { ...ended, ...latest?.set };
  const payment = await transition<PaymentRow>(tx, paymentMachine, row, { status: 'succeeded' }, { by, set });
  const excess = honour === 'ask' ? Math.max(0, payment.captured_amount - payment.amount) : 0;
  let capture = latest?.capture;
  if (capture !== undefined && excess > 0) {
    // Before the owner is asked: it may reserve what is left for a refund of its own.
    capture = await setSurplus(tx, capture, Math.min(excess, capture.amount));
    await returnSurplus(tx, deps, capture, { amount: capture.surplus_amount, origin, by });
  }
  const isWelcome =
    honour === 'ask' &&
    (await ownerOf(deps, payment.purpose_type).onSucceeded(tx, toNotice(payment, tx.now, by))) === 'honoured';
  if (capture !== undefined) {
    const surplus = isWelcome ? capture.surplus_amount : capture.amount;
    await postCapture(tx, deps, capture, { surplus, fee: latest?.fee });
  }
  if (isWelcome) {
    await announce(tx, payment);
  } else {
    await refuseAll(tx, deps, payment, capture?.id ?? null, { origin, by });
  }
  await endWaiting(tx, deps, row, by);
  if (!options.keepsPollJob) {
    await cancelJob(tx, paymentPoll, payment.id);
  }
}

/** Nobody owed us any of it: the attempt does not count for its purpose, and everything goes back. */
async function refuseAll(
  tx: Tx,
  deps: PaymentsDeps,
  payment: PaymentRow,
  latestId: string | null,
  { origin, by }: Omit<Surplus, 'amount'>,
): Promise<void> {
  for (const capture of await findCapturesOfPayment(tx, payment.id)) {
    const amount = capture.amount - capture.surplus_amount;
    const surplus = await setSurplus(tx, capture, capture.amount);
    if (capture.id !== latestId) {
      await postLateSurplus(tx, deps, surplus, amount);
    }
    await returnSurplus(tx, deps, surplus, { amount: Math.min(amount, refundableOf(surplus)), origin, by });
  }
  await tx.query
    .updateTable('payments')
    .set({ is_surplus: 1, updated_at: tx.now })
    .where('id', '=', payment.id)
    .execute();
}

/** Money that comes under an attempt which has succeeded already, such as a second bank transfer: all of it goes back. */
export async function recordSecondMoney(
  tx: Tx,
  deps: PaymentsDeps,
  row: PaymentRow,
  facts: PaymentFacts,
  by: Actor,
): Promise<void> {
  const { amount } = facts.amount;
  const inserted = await insertCapture(tx, row, facts, { amount, by });
  const capture = await setSurplus(tx, inserted, amount);
  await patchPayment(tx, row, { captured_amount: row.captured_amount + amount });
  await postCapture(tx, deps, capture, { surplus: amount, fee: facts.fee });
  await returnSurplus(tx, deps, capture, { amount, origin: 'late', by });
}

async function insertCapture(
  tx: Tx,
  payment: PaymentRow,
  facts: PaymentFacts,
  { amount, by }: { readonly amount: number; readonly by: Actor },
): Promise<CaptureRow> {
  const capture: CaptureRow = {
    ...newCapture(tx, payment, { amount, isFinal: true }),
    status: 'succeeded',
    provider_capture_id: facts.transactionId,
    currency: facts.amount.currency,
    captured_at: facts.paidAt,
    ...toCardColumns(facts.card),
  };
  await insertRow(tx, 'captures', capture);
  await recordInitialStates(tx, captureMachine, capture.id, { status: 'succeeded' }, { by });
  return capture;
}

/** What was booked as earned turns out to be owed to the customer. */
async function postLateSurplus(
  tx: Tx,
  deps: PaymentsDeps,
  capture: CaptureRow,
  amount: number,
): Promise<void> {
  await deps.ledger.postTransfer(tx, {
    cause: `surplus:${capture.id}`,
    purpose: purposeOf(capture),
    entries: [
      { account: revenueAccount(capture.currency), amount },
      { account: customerSurplusAccount(capture.currency), amount: 0 - amount },
    ],
  });
}

/**
 * The transfer of what was received, and the provider's share of it, which accrues until its bill: what the provider says
 * that it kept, or by its rate.
 */
export async function postCapture(
  tx: Tx,
  deps: PaymentsDeps,
  capture: CaptureRow,
  { surplus, fee: told }: { readonly surplus: number; readonly fee?: number | undefined },
): Promise<void> {
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
  const fee = told ?? takeBasisPoints(amount, gatewayOf(deps, capture).feeBasisPoints);
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

async function setSurplus(tx: Tx, capture: CaptureRow, amount: number): Promise<CaptureRow> {
  await tx.query
    .updateTable('captures')
    .set({ surplus_amount: amount, updated_at: tx.now })
    .where('id', '=', capture.id)
    .execute();
  return { ...capture, surplus_amount: amount };
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
  if (amount === 0) {
    return;
  }
  await raiseAlert(tx, {
    kind: 'surplus_payment',
    subject: capture.payment_id,
    severity: 'warning',
    details: { purpose: purposeOf(capture), amount, currency: capture.currency },
  });
  await reserveOn(tx, deps, capture, { amount, isSurplus: true, origin, by, reason: null });
}
