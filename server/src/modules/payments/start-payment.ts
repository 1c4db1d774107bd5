/**
 * Opens an attempt, or asks again for the one that is open. Invariant: the attempt's row exists before its provider is
 * called; a purpose has at most one current attempt; an old one is closed at its provider before a new one begins
 * (RULES 4, 5), and a repeat goes out under the same number with the same bytes.
 *
 * Crash story: tx A writes the attempt, its history and its poll job. Dying before the call leaves a number that the
 * provider does not know, after it one that it does: the poll finds out, the buyer's next request asks again, and closing
 * waits until no call can be under way. tx B records the answer.
 */
import type { Gateway, GatewayMethod, PaymentMethod } from '../../gateways/gateway.ts';
import { providerActor } from '../../kernel/actor.ts';
import { insertRow, type Tx } from '../../kernel/db/index.ts';
import { AppError, providerUnavailable } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import { enqueue } from '../../kernel/jobs/index.ts';
import { initialVersion, recordInitialStates } from '../../kernel/states.ts';
import { closeAttempt } from './close-attempts.ts';
import { notifyUrlOf, ownerOf, type PaymentsDeps, returnUrlOf } from './deps.ts';
import { openidRequired, paymentClosed, paymentMethodUnavailable, paymentNotValid } from './errors.ts';
import { paymentPoll } from './jobs.ts';
import {
  liveKeyOf,
  mayBeginCall,
  nextPollAt,
  type PaymentStarted,
  servesSamePayer,
  toRequest,
} from './payment.ts';
import { findLivePayment, findPayment, findPaymentByClaim, patchPayment } from './payment-repository.ts';
import { isOpen, paymentMachine } from './payment-states.ts';
import type { Payable, Purpose } from './purpose.ts';
import { recordCreateAnswer } from './record-create-answer.ts';
import type { PaymentRow } from './tables.ts';

/** Closing an old attempt, or finding its number used up, lets the whole begin anew. */
const MAX_ROUNDS = 4;
const RETRY_AFTER_SECONDS = 5;

export interface PaymentOrder {
  readonly purpose: Purpose;
  readonly method: PaymentMethod;
  readonly context: {
    readonly customerId: string;
    readonly openid?: string | null | undefined;
    readonly appId?: string | null | undefined;
    readonly ip: string | null;
  };
  /** The Idempotency-Key's, if there is one. */
  readonly claimId: string | null;
}

interface Wanted extends PaymentOrder {
  readonly gateway: Gateway;
  readonly offer: GatewayMethod;
  readonly appId: string | null;
  readonly openid: string | null;
}

type Step =
  | { readonly kind: 'ask'; readonly payment: PaymentRow }
  | { readonly kind: 'replace'; readonly payment: PaymentRow };

/**
 * Opens an attempt by `method`, or gives fresh parameters for the open one. Throws what the purpose's owner refuses with,
 * `payment_method_unavailable`, `openid_required`, `payment_not_valid` (422), `payment_declined` (402), `payment_closed`
 * (409) and `provider_unavailable` (502), after which the purpose stays payable.
 */
export async function startPayment(deps: PaymentsDeps, order: PaymentOrder): Promise<PaymentStarted> {
  let wanted = resolveMethod(deps, order);
  for (let round = 1; round <= MAX_ROUNDS; round += 1) {
    const attempt = wanted;
    const step = await deps.db.tx('payment.start', (tx) => prepare(tx, deps, attempt));
    if (step.kind === 'replace') {
      await closeReplaced(deps, step.payment);
      continue;
    }
    if (!mayBeginCall(step.payment.call_started_at ?? 0, deps.clock.now())) {
      break;
    }
    const result = await wanted.gateway.createPayment(toRequest(step.payment));
    const started = await recordCreateAnswer(deps, step.payment, result);
    if (started !== 'begin_anew') {
      return started;
    }
    // The claim stays with the attempt whose number was used up.
    wanted = { ...wanted, claimId: null };
  }
  throw new AppError(providerUnavailable, { retryAfterSeconds: RETRY_AFTER_SECONDS });
}

function resolveMethod(deps: PaymentsDeps, order: PaymentOrder): Wanted {
  const gateway = deps.gateways.byMethod(order.method);
  const offer = gateway?.capabilities.methods.find(({ method }) => method === order.method);
  if (gateway === undefined || offer === undefined) {
    throw new AppError(paymentMethodUnavailable, { details: { method: order.method } });
  }
  const { openid = null, appId = null } = order.context;
  if (!offer.needsOpenid) {
    return { ...order, gateway, offer, openid: null, appId: gateway.appFor(order.method) };
  }
  if (openid === null || appId === null) {
    throw new AppError(openidRequired);
  }
  return { ...order, gateway, offer, openid, appId };
}

/** tx A: the attempt to ask for, whether it is there already or new; or the one that must go first. */
async function prepare(tx: Tx, deps: PaymentsDeps, wanted: Wanted): Promise<Step> {
  const { purpose, claimId } = wanted;
  const owner = ownerOf(deps, purpose.type);
  await owner.lock(tx, purpose.id);
  const claimed = claimId === null ? undefined : await findPaymentByClaim(tx, claimId);
  if (claimed !== undefined && claimed.live_key === null) {
    // The first run of this very request has opened an attempt that is over: it must not open a second one.
    throw new AppError(paymentClosed);
  }
  const live = await findLivePayment(tx, liveKeyOf(purpose));
  if (live === undefined) {
    return { kind: 'ask', payment: await openAttempt(tx, deps, wanted) };
  }
  if (!(await owner.isPayable(tx, purpose.id))) {
    await owner.claimForAttempt(tx, purpose.id);
    throw new AppError(paymentClosed);
  }
  if (live.mismatch !== null || !isOpen(live.status)) {
    throw new AppError(providerUnavailable, { retryAfterSeconds: RETRY_AFTER_SECONDS });
  }
  const isOurs = live.merchant_account === wanted.gateway.merchantAccount;
  if (!isOurs || !servesSamePayer(live, wanted) || live.expires_at <= tx.now) {
    return { kind: 'replace', payment: live };
  }
  return { kind: 'ask', payment: await patchPayment(tx, live, { call_started_at: tx.now }) };
}

async function openAttempt(tx: Tx, deps: PaymentsDeps, wanted: Wanted): Promise<PaymentRow> {
  const payable = await ownerOf(deps, wanted.purpose.type).claimForAttempt(tx, wanted.purpose.id);
  const payment = toRow(tx, deps, wanted, payable);
  assertOffered(wanted.gateway, payment);
  await insertRow(tx, 'payments', payment);
  await recordInitialStates(
    tx,
    paymentMachine,
    payment.id,
    { status: 'created' },
    { by: { type: 'customer', id: payment.customer_id } },
  );
  await enqueue(
    tx,
    paymentPoll,
    { paymentId: payment.id },
    { key: payment.id, runAt: nextPollAt(payment, tx.now) },
  );
  return payment;
}

function toRow(tx: Tx, deps: PaymentsDeps, wanted: Wanted, payable: Payable): PaymentRow {
  const { gateway, purpose } = wanted;
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
    client_ip: wanted.context.ip,
    live_key: liveKeyOf(purpose),
    claim_id: wanted.claimId,
    transaction_id: null,
    client_parameters: null,
    prepared_at: null,
    call_started_at: tx.now,
    last_queried_at: 0,
    mismatch: null,
    settlement: wanted.offer.settlement,
    capture_mode: gateway.captureMode,
    provider_reference: null,
    return_url: returnUrlOf(deps, purpose),
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
    device_hash: null,
    billing_country: null,
    is_surplus: 0,
    paid_at: null,
    expires_at: payable.expiresAt,
    closed_at: null,
    created_at: tx.now,
    updated_at: tx.now,
  };
}

/** Whether the rail may sell this kind in this currency (RULES 3), and what the gateway knows beforehand to be wrong. */
function assertOffered(gateway: Gateway, payment: PaymentRow): void {
  const offer = gateway.capabilities.methods.find(({ method }) => method === payment.method);
  if (!offer?.kinds.includes(payment.kind) || !offer.currencies.includes(payment.currency)) {
    throw new AppError(paymentMethodUnavailable, {
      details: { method: payment.method, kind: payment.kind, currency: payment.currency },
    });
  }
  const problem = gateway.validate(toRequest(payment));
  if (problem !== undefined) {
    throw new AppError(paymentNotValid, { details: { problem } });
  }
}

/** The old attempt goes first; a provider that does not answer means that no new one begins. */
async function closeReplaced(deps: PaymentsDeps, row: PaymentRow): Promise<void> {
  const waitUntil = await closeAttempt(deps, row);
  const present = await findPayment(deps.db, row.id);
  if (present !== undefined && isOpen(present.status)) {
    const waitMs = waitUntil === null ? 0 : waitUntil - deps.clock.now();
    deps.log.info(
      { paymentId: row.id, by: providerActor(row.provider), waitMs },
      'an attempt could not be replaced yet',
    );
    throw new AppError(providerUnavailable, {
      retryAfterSeconds: Math.max(RETRY_AFTER_SECONDS, Math.ceil(waitMs / 1_000)),
    });
  }
}
