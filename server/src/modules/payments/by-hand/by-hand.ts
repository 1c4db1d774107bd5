/**
 * Money that no provider tells of: a bank transfer that two people have found on a statement, cash that was handed over.
 * Invariant: the reference (the bank's line, the courier's receipt) counts once for each rail and account; what comes late
 * or a second time is surplus as on every rail, and what went back is booked beside the capture, never taken out of it.
 *
 * Crash story: one transaction, that of the caller, who has written down who says so.
 */
import type { PaymentFacts } from '../../../gateways/gateway.ts';
import type { Actor } from '../../../kernel/actor.ts';
import type { Tx } from '../../../kernel/db/index.ts';
import { AppError, notFound } from '../../../kernel/errors.ts';
import type { Money } from '../../../kernel/money.ts';
import { closePayment } from '../attempts/end-payment.ts';
import { recordCapture, recordSecondMoney } from '../captures/record-capture.ts';
import type { PaymentsDeps } from '../deps.ts';
import { amountDiffers, notByHand, refundExceedsCaptured } from '../errors.ts';
import { findAllCapturesOfPayment, findPayment, lockPayment, refundableOf } from '../payment-repository.ts';
import { isOpen } from '../payment-states.ts';
import { recordProviderRefund } from '../refunds/record-provider-refund.ts';
import type { PaymentRow } from '../tables.ts';

export interface ReceivedByHand {
  readonly paymentId: string;
  readonly amount: Money;
  /** The bank's reference of the line, or the receipt's; unique for the rail and its account. */
  readonly reference: string;
  /** Milliseconds. */
  readonly receivedAt: number;
  readonly by: Actor;
  /** `any` books also what is short (the rest is waived) or over (which goes back); a person has decided so. */
  readonly accepts?: 'exact' | 'any';
}

/**
 * Books money that a person has received. Answers `paid` where it pays the purpose, `surplus` where nobody owed it and it
 * goes back, `repeated` where this reference is booked already. Throws `not_found`, `not_by_hand` and `amount_differs` (409).
 */
export async function recordByHand(
  tx: Tx,
  deps: PaymentsDeps,
  received: ReceivedByHand,
): Promise<'paid' | 'surplus' | 'repeated'> {
  const { paymentId, amount, reference, by, accepts = 'exact' } = received;
  const row = await lockByHand(tx, deps, paymentId);
  const captures = await findAllCapturesOfPayment(tx, paymentId);
  if (captures.some((capture) => capture.provider_capture_id === reference)) {
    return 'repeated';
  }
  const facts = toFacts(row, received);
  const isSecond = row.status === 'succeeded';
  const isBookable = amount.currency === row.currency && amount.amount > 0;
  const isWelcome = isSecond || accepts === 'any' || amount.amount === row.amount;
  if (!isBookable || !isWelcome) {
    const expected = { amount: row.amount, currency: row.currency };
    throw new AppError(amountDiffers, { details: { expected, received: amount } });
  }
  if (isSecond) {
    await recordSecondMoney(tx, deps, row, facts, by);
    return 'surplus';
  }
  const options = { by, honour: 'ask', surplusOrigin: 'late', keepsPollJob: false } as const;
  await recordCapture(tx, deps, row, facts, options);
  return (await findPayment(tx, paymentId))?.is_surplus === 1 ? 'surplus' : 'paid';
}

function toFacts(row: PaymentRow, { amount, reference, receivedAt }: ReceivedByHand): PaymentFacts {
  return {
    amount,
    merchantAccount: row.merchant_account,
    appId: row.app_id,
    transactionId: reference,
    paidAt: receivedAt,
    payer: null,
  };
}

async function lockByHand(tx: Tx, deps: PaymentsDeps, paymentId: string): Promise<PaymentRow> {
  const row = await lockPayment(tx, deps, paymentId);
  if (row === undefined) {
    throw new AppError(notFound);
  }
  if (row.settlement === 'online') {
    throw new AppError(notByHand, { details: { method: row.method } });
  }
  return row;
}

export interface ReversedByHand {
  readonly paymentId: string;
  readonly amount: Money;
  /** The bank's reference of the line that took it back. */
  readonly reference: string;
  readonly reversedAt: number;
  readonly by: Actor;
}

/**
 * Books that money which was recorded by hand has gone back without us, such as a transfer that bounced: a transfer of its
 * own in the ledger, an alert, and less left to refund. Answers `repeated` for a reference that is booked already. Throws
 * `not_found`, `not_by_hand` and `refund_exceeds_captured` (409).
 */
export async function reverseByHand(
  tx: Tx,
  deps: PaymentsDeps,
  { paymentId, amount, reference, reversedAt, by }: ReversedByHand,
): Promise<'recorded' | 'repeated'> {
  const row = await lockByHand(tx, deps, paymentId);
  const known = await tx.query
    .selectFrom('refunds')
    .select('id')
    .where('payment_id', '=', paymentId)
    .where('provider_refund_id', '=', reference)
    .executeTakeFirst();
  if (known !== undefined) {
    return 'repeated';
  }
  const captures = await findAllCapturesOfPayment(tx, paymentId);
  const left = captures
    .filter(({ status, currency }) => status === 'succeeded' && currency === amount.currency)
    .reduce((sum, capture) => sum + refundableOf(capture), 0);
  const recorded =
    left < amount.amount
      ? 'no_capture'
      : await recordProviderRefund(
          tx,
          deps,
          row,
          {
            amount,
            paymentId,
            merchantAccount: row.merchant_account,
            providerRefundId: reference,
            finishedAt: reversedAt,
          },
          by,
        );
  if (recorded === 'no_capture') {
    throw new AppError(refundExceedsCaptured, { details: { requested: amount.amount, available: left } });
  }
  return recorded;
}

/** Nobody will hand the money over any more; nothing where the attempt is over. Throws `not_found` and `not_by_hand`. */
export async function closeByHand(
  tx: Tx,
  deps: PaymentsDeps,
  { paymentId, by, reason }: { readonly paymentId: string; readonly by: Actor; readonly reason: string },
): Promise<void> {
  const row = await lockByHand(tx, deps, paymentId);
  if (isOpen(row.status)) {
    await closePayment(tx, deps, row, { by, reason });
  }
}
