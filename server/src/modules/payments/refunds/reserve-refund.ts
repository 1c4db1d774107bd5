/**
 * Promises money back. Invariant: what is reserved on a capture, by us and without us, is never more than was captured;
 * the counter on the capture is raised by a conditional update under a CHECK before the provider is asked (RULES 8).
 *
 * Crash story: counter, refund row, its history, its job and what the owner makes of it are one transaction, that of the
 * caller. When it commits, the job sends; before, nothing is promised.
 */
import type { GatewayCapabilities } from '../../../gateways/gateway.ts';
import type { Actor } from '../../../kernel/actor.ts';
import { insertRow, TransactionConflict, type Tx } from '../../../kernel/db/index.ts';
import { AppError } from '../../../kernel/errors.ts';
import { publish } from '../../../kernel/events/index.ts';
import { newId } from '../../../kernel/ids.ts';
import { enqueue } from '../../../kernel/jobs/index.ts';
import type { Money } from '../../../kernel/money.ts';
import { initialVersion, recordInitialStates } from '../../../kernel/states.ts';
import { gatewayOf, ownerOf, type PaymentsDeps } from '../deps.ts';
import { refundExceedsCaptured, refundLimitReached, refundTooLate } from '../errors.ts';
import { refundRequested } from '../events.ts';
import { refundSend } from '../jobs.ts';
import { liveKeyOf } from '../payment.ts';
import {
  findCapturesOfPayment,
  findCapturesOfPurpose,
  refundableOf,
  reserveRefundOn,
} from '../payment-repository.ts';
import type { Purpose } from '../purpose.ts';
import type { CaptureRow, RefundRow } from '../tables.ts';
import { type BounceTellers, isNobodysToKeep, type RefundOrigin, type RefundTarget } from './refund.ts';
import { toRefundEvent, toRefundNotice } from './refund-notice.ts';
import { countRefundsOfPayment } from './refund-repository.ts';
import { refundMachine } from './refund-states.ts';

export interface RefundOrder {
  readonly purpose: Purpose;
  /** Only captures of this payment; of every one of the purpose without it. */
  readonly paymentId?: string;
  /** `all` is whatever is left, which may be nothing. */
  readonly amount: Money | 'all';
  readonly reason: string | null;
  readonly by: Actor;
  readonly origin: Exclude<RefundOrigin, 'provider'>;
  /** The same key for the same purpose gives the same refunds: an Idempotency-Key's claim, for instance. */
  readonly key?: string | undefined;
  /** The request that a person has agreed to. */
  readonly requestId?: string | undefined;
  /** A person pays it, whatever its provider could do. */
  readonly byHand?: boolean | undefined;
  /** The customer has it as store credit at once, and no money leaves. */
  readonly to?: RefundTarget | undefined;
}

/**
 * Reserves refunds over the captures that paid the purpose, the oldest first; surplus is refunded by itself and is not
 * touched. Throws `refund_exceeds_captured`, `refund_too_late` and `refund_limit_reached` (409).
 */
export async function reserveRefund(
  tx: Tx,
  deps: PaymentsDeps,
  order: RefundOrder,
): Promise<{ refundIds: string[] }> {
  await ownerOf(deps, order.purpose.type).lock(tx, order.purpose.id);
  if (order.key !== undefined) {
    const existing = await findByRequest(tx, order.purpose, order.key);
    if (existing.length > 0) {
      return { refundIds: existing };
    }
  }
  const captures = await capturesFor(tx, order);
  const shares = splitOver(captures, order.amount);
  const refundIds: string[] = [];
  for (const [index, { capture, amount }] of shares.entries()) {
    await assertRefundable(tx, deps, capture, order);
    const refund = await reserveOn(tx, deps, capture, {
      amount,
      isSurplus: false,
      origin: order.origin,
      by: order.by,
      reason: order.reason,
      requestKey: order.key === undefined ? null : `${requestKeyOf(order.purpose, order.key)}${index}`,
      requestId: order.requestId ?? null,
      byHand: order.byHand ?? false,
      to: order.to,
    });
    refundIds.push(refund.id);
  }
  return { refundIds };
}

async function findByRequest(tx: Tx, purpose: Purpose, key: string): Promise<string[]> {
  const rows = await tx.query
    .selectFrom('refunds')
    .select(['id', 'request_key'])
    .where('purpose_type', '=', purpose.type)
    .where('purpose_id', '=', purpose.id)
    .where('request_key', 'is not', null)
    .orderBy('id')
    .execute();
  const prefix = requestKeyOf(purpose, key);
  return rows.filter(({ request_key }) => request_key?.startsWith(prefix)).map(({ id }) => id);
}

/** What the keys of one request begin with; one request may need several refunds. */
function requestKeyOf(purpose: Purpose, key: string): string {
  return `${liveKeyOf(purpose)}:${key}:`;
}

async function capturesFor(tx: Tx, order: RefundOrder): Promise<CaptureRow[]> {
  const captures =
    order.paymentId === undefined
      ? await findCapturesOfPurpose(tx, order.purpose)
      : await findCapturesOfPayment(tx, order.paymentId);
  return captures.filter((capture) => capture.surplus_amount < capture.amount);
}

interface Share {
  readonly capture: CaptureRow;
  readonly amount: number;
}

function splitOver(captures: readonly CaptureRow[], amount: Money | 'all'): Share[] {
  const usable = captures.filter(({ currency }) => amount === 'all' || currency === amount.currency);
  const left = usable.reduce((sum, capture) => sum + refundableOf(capture), 0);
  const wanted = amount === 'all' ? left : amount.amount;
  if (wanted > left) {
    throw new AppError(refundExceedsCaptured, { details: { requested: wanted, available: left } });
  }
  const shares: Share[] = [];
  let rest = wanted;
  for (const capture of usable) {
    const share = Math.min(rest, refundableOf(capture));
    if (share > 0) {
      shares.push({ capture, amount: share });
      rest -= share;
    }
  }
  return shares;
}

/** What a provider no longer carries out is refused, unless a person pays it. What is owed goes that way by itself. */
async function assertRefundable(
  tx: Tx,
  deps: PaymentsDeps,
  capture: CaptureRow,
  { origin, byHand, to }: RefundOrder,
): Promise<void> {
  if (byHand || to === 'store_credit' || isNobodysToKeep(origin)) {
    return;
  }
  const { refunds } = gatewayOf(deps, capture).capabilities;
  const limit = await findLimit(tx, capture, refunds);
  if (limit === 'age') {
    throw new AppError(refundTooLate);
  }
  if (limit === 'count') {
    throw new AppError(refundLimitReached, { details: { limit: refunds.maxPerPayment } });
  }
}

/** Which of the provider's limits another refund would break. */
async function findLimit(
  tx: Tx,
  capture: CaptureRow,
  { maxAgeMs, maxPerPayment }: GatewayCapabilities['refunds'],
): Promise<'age' | 'count' | undefined> {
  if (tx.now - (capture.captured_at ?? tx.now) > maxAgeMs) {
    return 'age';
  }
  return (await countRefundsOfPayment(tx, capture.payment_id)) >= maxPerPayment ? 'count' : undefined;
}

/** Whether a person must pay it because its provider would not; one whose gateway is off waits for it. */
async function isByHand(
  tx: Tx,
  deps: PaymentsDeps,
  capture: CaptureRow,
  wanted: NewRefund,
): Promise<boolean> {
  const refunds = deps.gateways.byProvider(capture.provider)?.capabilities.refunds;
  if (wanted.byHand || wanted.to === 'store_credit' || refunds === undefined) {
    return wanted.byHand ?? false;
  }
  return (await findLimit(tx, capture, refunds)) !== undefined;
}

export interface NewRefund {
  readonly amount: number;
  readonly isSurplus: boolean;
  readonly origin: RefundOrigin;
  readonly by: Actor;
  readonly reason: string | null;
  readonly requestKey?: string | null;
  readonly requestId?: string | null;
  readonly byHand?: boolean;
  readonly to?: RefundTarget | undefined;
  /** The failed refund whose place this one takes, and when to begin with it. */
  readonly replaces?: {
    readonly id: string;
    readonly generation: number;
    readonly sendAt: number;
    readonly preparedBy: string | null;
    /** Who has said that the one before came back. */
    readonly tellers: BounceTellers | undefined;
  };
}

/** Reserves one refund on one capture. The purpose's owner must be locked by the caller. */
export async function reserveOn(
  tx: Tx,
  deps: PaymentsDeps,
  capture: CaptureRow,
  wanted: NewRefund,
): Promise<RefundRow> {
  const { amount, by } = wanted;
  if (!(await reserveRefundOn(tx, capture.id, amount))) {
    throw new TransactionConflict(`capture ${capture.id} has less left than ${amount}`);
  }
  const refund: RefundRow = {
    id: newId('ref'),
    version: initialVersion(refundMachine),
    status: 'reserved',
    payment_id: capture.payment_id,
    capture_id: capture.id,
    purpose_type: capture.purpose_type,
    purpose_id: capture.purpose_id,
    provider: capture.provider,
    merchant_account: capture.merchant_account,
    amount,
    currency: capture.currency,
    is_surplus: wanted.isSurplus ? 1 : 0,
    origin: wanted.origin,
    reason: wanted.reason,
    failure: null,
    request_key: wanted.requestKey ?? null,
    replaces: wanted.replaces?.id ?? null,
    generation: wanted.replaces?.generation ?? 0,
    provider_refund_id: null,
    request_id: wanted.requestId ?? null,
    by_hand: (await isByHand(tx, deps, capture, wanted)) ? 1 : 0,
    prepared_by: wanted.replaces === undefined ? by.id : wanted.replaces.preparedBy,
    handed_by: wanted.replaces?.tellers?.toldBy ?? null,
    bounce_confirmed_by: wanted.replaces?.tellers?.confirmedBy ?? null,
    finishing_at: null,
    paid_out_by: null,
    paid_out_reference: null,
    paid_from: wanted.to === 'store_credit' ? 'store_credit' : null,
    sent_at: null,
    last_queried_at: 0,
    succeeded_at: null,
    created_at: tx.now,
    updated_at: tx.now,
  };
  await insertRow(tx, 'refunds', refund);
  await recordInitialStates(tx, refundMachine, refund.id, { status: 'reserved' }, { by });
  if (refund.paid_from === null) {
    const runAt = wanted.replaces?.sendAt ?? tx.now;
    await enqueue(tx, refundSend, { refundId: refund.id, tries: 0 }, { key: refund.id, runAt });
  }
  await ownerOf(deps, refund.purpose_type).onRefundReserved(tx, await toRefundNotice(tx, refund, by));
  await publish(tx, refundRequested, refund.purpose_id, toRefundEvent(refund));
  return refund;
}
