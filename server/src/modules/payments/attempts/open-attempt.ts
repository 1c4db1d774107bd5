/**
 * tx A of a new attempt: its row, its history, its poll job, and the verdict of whoever looks at it before its provider
 * does. Invariant: nothing of an attempt leaves the program before this has been committed (RULES 4).
 *
 * Crash story: one transaction with the owner's claim; the attempt is there with its job, or nothing is.
 */
import type { Gateway, GatewayMethod, PaymentMethod } from '../../../gateways/gateway.ts';
import { insertRow, type Tx } from '../../../kernel/db/index.ts';
import { AppError } from '../../../kernel/errors.ts';
import { newId } from '../../../kernel/ids.ts';
import { enqueue } from '../../../kernel/jobs/index.ts';
import { initialVersion, recordInitialStates } from '../../../kernel/states.ts';
import { notifyUrlOf, ownerOf, type PaymentsDeps, returnUrlOf } from '../deps.ts';
import { paymentMethodUnavailable, paymentNotValid } from '../errors.ts';
import { paymentPoll } from '../jobs.ts';
import { isOffered } from '../offers.ts';
import { liveKeyOf, purposeOf, toRequest } from '../payment.ts';
import { paymentMachine } from '../payment-states.ts';
import type { Payable, Purpose } from '../purpose.ts';
import { holdForReview } from '../reviews/decide-review.ts';
import type { PaymentRow } from '../tables.ts';
import { nextRunAt } from './poll-times.ts';

export interface PaymentOrder {
  readonly purpose: Purpose;
  readonly method: PaymentMethod;
  readonly context: {
    readonly customerId: string;
    readonly openid?: string | null | undefined;
    readonly appId?: string | null | undefined;
    readonly ip: string | null;
    /** Where the caller is, as a trusted proxy says; two letters. */
    readonly ipCountry?: string | null | undefined;
    /** Where the payer's browser shall come back to: a path of ours, or a page of an allowed origin. */
    readonly returnUrl?: string | undefined;
    /** What the payer's device says of itself; only a keyed hash of it is kept. */
    readonly deviceFingerprint?: string | undefined;
    /** Two letters. */
    readonly billingCountry?: string | undefined;
  };
  /** The Idempotency-Key's, if there is one. */
  readonly claimId: string | null;
}

export interface Wanted extends PaymentOrder {
  readonly gateway: Gateway;
  readonly offer: GatewayMethod;
  readonly appId: string | null;
  readonly openid: string | null;
}

/** Opens the attempt; it is `created`, or `requires_review` and its provider must not be called. */
export async function openAttempt(tx: Tx, deps: PaymentsDeps, wanted: Wanted): Promise<PaymentRow> {
  const { purpose, offer } = wanted;
  const payable = await ownerOf(deps, purpose.type).claimForAttempt(tx, purpose.id, offer.windowMs);
  const payment = toRow(tx, deps, wanted, payable);
  assertOffered(wanted, payment);
  await insertRow(tx, 'payments', payment);
  const by = { type: 'customer', id: payment.customer_id } as const;
  await recordInitialStates(tx, paymentMachine, payment.id, { status: 'created' }, { by });
  const verdict = await review(tx, deps, payment, payable, wanted.context.ipCountry ?? null);
  const opened = verdict === 'review' ? await holdForReview(tx, deps, payment, by) : payment;
  const runAt = nextRunAt(opened, tx.now) ?? opened.expires_at;
  await enqueue(tx, paymentPoll, { paymentId: payment.id }, { key: payment.id, runAt });
  return opened;
}

async function review(
  tx: Tx,
  deps: PaymentsDeps,
  row: PaymentRow,
  { country }: Payable,
  ipCountry: string | null,
): Promise<'pass' | 'review'> {
  if (deps.review === undefined) {
    return 'pass';
  }
  const { verdict } = await deps.review(tx, {
    paymentId: row.id,
    purpose: purposeOf(row),
    customerId: row.customer_id,
    kind: row.kind,
    method: row.method,
    provider: row.provider,
    amount: { amount: row.amount, currency: row.currency },
    ip: row.client_ip,
    ipCountry,
    country: row.billing_country ?? country,
    deviceHash: row.device_hash,
  });
  return verdict;
}

function toRow(tx: Tx, deps: PaymentsDeps, wanted: Wanted, payable: Payable): PaymentRow {
  const { gateway, purpose, context } = wanted;
  const { provider } = gateway.capabilities;
  return {
    id: newId('pay'),
    version: initialVersion(paymentMachine),
    status: 'created',
    reason: null,
    purpose_type: purpose.type,
    purpose_id: purpose.id,
    customer_id: payable.customerId,
    kind: payable.kind,
    provider,
    merchant_account: gateway.merchantAccount,
    method: wanted.method,
    amount: payable.amount.amount,
    currency: payable.amount.currency,
    description: payable.description,
    notify_url: notifyUrlOf(deps, provider),
    app_id: wanted.appId,
    openid: wanted.openid,
    client_ip: context.ip,
    live_key: liveKeyOf(purpose),
    claim_id: wanted.claimId,
    transaction_id: null,
    client_parameters: null,
    prepared_at: null,
    call_started_at: tx.now,
    last_queried_at: 0,
    mismatch: null,
    settlement: wanted.offer.settlement,
    // What the program delivers is delivered for money that is here, so that nothing waits on a hold (RULES 3).
    capture_mode: payable.kind === 'goods' ? gateway.captureMode : 'automatic',
    provider_reference: null,
    return_url: returnUrlOf(deps, purpose, context.returnUrl),
    authorised_amount: 0,
    authorised_until: null,
    capture_requested: 0,
    captured_amount: 0,
    held_until: null,
    card_brand: null,
    card_last4: null,
    authorisation_code: null,
    response_code: null,
    failure_reason: null,
    ...toBuyerColumns(deps, context),
    is_surplus: 0,
    paid_at: null,
    expires_at: payable.expiresAt,
    closed_at: null,
    created_at: tx.now,
    updated_at: tx.now,
  };
}

/** What a review looks at; what a device says of itself is kept as a keyed hash alone. */
function toBuyerColumns(deps: PaymentsDeps, context: PaymentOrder['context']) {
  const { deviceFingerprint, billingCountry } = context;
  return {
    device_hash: deviceFingerprint === undefined ? null : deps.hashDevice(deviceFingerprint),
    billing_country: billingCountry ?? null,
  };
}

/** Whether the rail may sell this kind for this amount (RULES 3), and what the gateway knows beforehand to be wrong. */
function assertOffered({ gateway, offer }: Wanted, payment: PaymentRow): void {
  const { kind, currency, amount } = payment;
  if (!isOffered(offer, { kind, currency, amount })) {
    throw new AppError(paymentMethodUnavailable, {
      details: { method: payment.method, kind, currency, amount },
    });
  }
  const problem = gateway.validate(toRequest(payment));
  if (problem !== undefined) {
    throw new AppError(paymentNotValid, { details: { problem } });
  }
}
