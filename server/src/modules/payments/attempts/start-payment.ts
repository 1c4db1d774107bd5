/**
 * Opens an attempt, or asks again for the one that is open. Invariant: the attempt's row exists before its provider is
 * called; a purpose has at most one current attempt; an old one is closed at its provider before a new one begins
 * (RULES 4, 5), and a repeat goes out under the same number with the same bytes.
 *
 * Crash story: tx A writes the attempt, its history and its poll job. Dying before the call leaves a number that the
 * provider does not know, after it one that it does: the poll finds out, the buyer's next request asks again, and closing
 * waits until no call can be under way. tx B records the answer.
 */
import { providerActor } from '../../../kernel/actor.ts';
import type { Tx } from '../../../kernel/db/index.ts';
import { AppError, providerUnavailable } from '../../../kernel/errors.ts';
import { ownerOf, type PaymentsDeps } from '../deps.ts';
import { openidRequired, paymentClosed, paymentMethodUnavailable, paymentProcessing } from '../errors.ts';
import {
  liveKeyOf,
  mayBeginCall,
  type PaymentStarted,
  servesSamePayer,
  toRequest,
  toStarted,
} from '../payment.ts';
import {
  findLivePayment,
  findPayment,
  findPaymentByClaim,
  lockPayment,
  patchPayment,
} from '../payment-repository.ts';
import { isOpen } from '../payment-states.ts';
import type { PaymentRow } from '../tables.ts';
import { closeAttempt } from './close-attempts.ts';
import { openAttempt, type PaymentOrder, type Wanted } from './open-attempt.ts';
import { recordCreateAnswer } from './record-create-answer.ts';

/** Closing an old attempt, or finding its number used up, lets the whole begin anew. */
const MAX_ROUNDS = 4;
const RETRY_AFTER_SECONDS = 5;

type Step =
  | { readonly kind: 'ask'; readonly payment: PaymentRow }
  /** A person must look at it first. */
  | { readonly kind: 'review'; readonly payment: PaymentRow }
  | { readonly kind: 'replace'; readonly payment: PaymentRow };

/**
 * Opens an attempt by `method`, or gives fresh parameters for the open one. Throws what the purpose's owner refuses with,
 * `payment_method_unavailable`, `openid_required`, `return_url_not_allowed`, `payment_not_valid` (422), `payment_declined` (402), `payment_closed`,
 * `payment_processing` (409) and `provider_unavailable` (502), after which the purpose stays payable. One that must be
 * reviewed is answered as `requires_review`, without parameters.
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
    if (step.kind === 'review') {
      return toStarted(step.payment, {});
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
    const payment = await openAttempt(tx, deps, wanted);
    return { kind: payment.status === 'requires_review' ? 'review' : 'ask', payment };
  }
  if (live.status === 'requires_review' && live.method === wanted.method) {
    return { kind: 'review', payment: live };
  }
  if (!(await owner.isPayable(tx, purpose.id))) {
    await owner.claimForAttempt(tx, purpose.id, null);
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

/** The old attempt goes first; a provider that does not answer means that no new one begins. */
async function closeReplaced(deps: PaymentsDeps, row: PaymentRow): Promise<void> {
  const { waitUntil, isNotClosable } = await closeAttempt(deps, row);
  const present = await findPayment(deps.db, row.id);
  if (present === undefined || !isOpen(present.status)) {
    return;
  }
  if (isNotClosable) {
    await supersede(deps, present.id);
    return;
  }
  if (present.held_until !== null || present.capture_requested > 0) {
    throw new AppError(paymentProcessing);
  }
  const waitMs = waitUntil === null ? 0 : waitUntil - deps.clock.now();
  deps.log.info(
    { paymentId: row.id, by: providerActor(row.provider), waitMs },
    'an attempt could not be replaced yet',
  );
  throw new AppError(providerUnavailable, {
    retryAfterSeconds: Math.max(RETRY_AFTER_SECONDS, Math.ceil(waitMs / 1_000)),
  });
}

/** It makes way for another without being closed: it keeps `pending`, and its poll watches it until it dies. */
async function supersede(deps: PaymentsDeps, id: string): Promise<void> {
  await deps.db.tx('payment.supersede', async (tx) => {
    const row = await lockPayment(tx, deps, id);
    if (row !== undefined && isOpen(row.status) && row.live_key !== null) {
      await patchPayment(tx, row, { live_key: null });
    }
  });
}
