/**
 * Asks a provider once more about money on which its bill and our books do not agree. Invariant: only the provider's
 * answer to our own query moves anything here, never the line of the bill; so what is missing here enters by the same door
 * as a late notification, with the same checks (RULES 7, 8).
 *
 * Crash story: each answer is recorded in one transaction of its own; what is not recorded still differs and is asked for
 * again.
 */
import type { KnownRefund, QueryRefundResult, RefundFacts } from '../../../gateways/gateway.ts';
import { providerActor } from '../../../kernel/actor.ts';
import type { BillKey, BookedMoney, ProviderAccount } from '../books/book.ts';
import { isReachable, notifyUrlOf, type PaymentsDeps, reachGatewayOf } from '../deps.ts';
import { toKnown } from '../payment.ts';
import { findCapturesOfPayment, findPayment, lockPayment } from '../payment-repository.ts';
import { recordProviderRefund } from '../refunds/record-provider-refund.ts';
import { findRefund } from '../refunds/refund-repository.ts';
import { queryRefund } from '../refunds/send-refund.ts';
import type { CaptureRow, PaymentRow } from '../tables.ts';
import { queryPayment } from './query-payment.ts';

/** What a bill says has moved, or what it does not say has. */
export interface Doubt extends ProviderAccount, BillKey {
  /** Of what disputes moved, their own queries tell. */
  readonly type: Exclude<BookedMoney['type'], 'dispute'>;
  /** Of a refund, the payment that it belongs to, where it is known. */
  readonly paymentNumber: string | null;
}

/** The provider's word, as the gateway tells it; or why it was not asked. */
export type Answer =
  | Awaited<ReturnType<typeof queryPayment>>['outcome']
  | QueryRefundResult['outcome']
  /** No payment of ours has this number. */
  | 'not_ours'
  /** No gateway speaks for this merchant account. */
  | 'unreachable';

/** Asks and records the answer; outside any transaction. Throws `provider_unavailable` when the provider can not be reached. */
export function askAgain(deps: PaymentsDeps, doubt: Doubt): Promise<Answer> {
  return doubt.type === 'payment' ? askAboutPayment(deps, doubt) : askAboutRefund(deps, doubt);
}

async function askAboutPayment(deps: PaymentsDeps, { provider, number }: Doubt): Promise<Answer> {
  const payment = number === null ? undefined : await findPayment(deps.db, number);
  if (payment?.provider !== provider) {
    return 'not_ours';
  }
  return isReachable(deps, payment) ? (await queryPayment(deps, payment, 'query')).outcome : 'unreachable';
}

async function askAboutRefund(deps: PaymentsDeps, doubt: Doubt): Promise<Answer> {
  const refund = doubt.number === null ? undefined : await findRefund(deps.db, doubt.number);
  if (refund?.provider === doubt.provider) {
    return isReachable(deps, refund) ? queryRefund(deps, refund) : 'unreachable';
  }
  const payment = await findPayment(deps.db, doubt.paymentNumber ?? '');
  if (payment?.provider !== doubt.provider) {
    return 'not_ours';
  }
  return isReachable(deps, payment) ? askAboutForeignRefund(deps, doubt, payment) : 'unreachable';
}

/** A refund that we did not make: the provider knows it by its own number, or by the one it was given in its console. */
async function askAboutForeignRefund(
  deps: PaymentsDeps,
  { transactionId, number }: Doubt,
  payment: PaymentRow,
): Promise<Answer> {
  const [capture] = await findCapturesOfPayment(deps.db, payment.id);
  const id = number ?? transactionId;
  if (capture === undefined || id === null) {
    return 'not_ours';
  }
  const known = toForeignRefund(deps, payment, capture, { id, transactionId });
  const result = await reachGatewayOf(deps, payment).queryRefund(known);
  if (result.outcome === 'succeeded' && result.facts.amount.currency === capture.currency) {
    await recordForeignRefund(deps, payment, result.facts);
  }
  return result.outcome;
}

function toForeignRefund(
  deps: PaymentsDeps,
  payment: PaymentRow,
  capture: CaptureRow,
  { id, transactionId }: { readonly id: string; readonly transactionId: string | null },
): KnownRefund {
  return {
    id,
    payment: toKnown(payment),
    captureTransactionId: capture.provider_capture_id ?? '',
    // Asking names no amount; the answer does.
    amount: { amount: capture.amount, currency: capture.currency },
    total: { amount: capture.amount, currency: capture.currency },
    reason: null,
    notifyUrl: notifyUrlOf(deps, payment.provider),
    since: capture.captured_at ?? capture.created_at,
    providerRefundId: transactionId,
  };
}

function recordForeignRefund(
  deps: PaymentsDeps,
  { id, provider, merchant_account: merchantAccount }: PaymentRow,
  facts: RefundFacts,
): Promise<void> {
  return deps.db.tx('refund.record_from_bill', async (tx) => {
    const isOurs = facts.merchantAccount === null || facts.merchantAccount === merchantAccount;
    const payment = await lockPayment(tx, deps, id);
    if (payment !== undefined && isOurs && facts.paymentId === id) {
      await recordProviderRefund(tx, deps, payment, facts, providerActor(provider));
    }
  });
}
