/**
 * Taking money that is held. Invariant: an intent is captured at most once, because Stripe captures it once and lets go of
 * what was not taken; so what stands there is read first, and a capture whose answer was lost is found as done.
 *
 * Crash story: dying after the call leaves a capture that the next run finds by its intent. The key, made of the capture's
 * id, answers a request that is still on its way.
 */
import type {
  CapturePaymentResult,
  CaptureRequest,
  GatewayReason,
  KnownPayment,
  QueryPaymentResult,
} from '../gateway.ts';
import type { StripeClient } from './client.ts';
import type { FindPayment } from './find-payment.ts';
import { isSession, type ReadPayment, type Seen } from './query-payment.ts';

export interface CapturePaymentDeps {
  readonly client: StripeClient;
  readonly findPayment: FindPayment;
  readonly readPayment: ReadPayment;
}

const NOTHING_HELD: GatewayReason = {
  code: 'nothing_held',
  message: 'There is no money held that could be taken.',
};

/** `undefined` where the money is held and can be taken. */
function alreadyDecided(result: QueryPaymentResult): CapturePaymentResult | undefined {
  switch (result.outcome) {
    case 'succeeded':
      return { outcome: 'succeeded', facts: result.facts };
    case 'authorized':
      return undefined;
    case 'processing':
      return { outcome: 'pending' };
    case 'unknown':
      return { outcome: 'unknown', reason: result.reason };
    case 'closed':
    case 'declined':
    case 'not_found':
    case 'pending':
    case 'approved':
      return { outcome: 'failed', reason: NOTHING_HELD };
  }
}

function intentIdOf({ object }: Seen, reference: string): string | undefined {
  if (!isSession(reference)) {
    return reference;
  }
  const beneath = object && 'payment_intent' in object ? object.payment_intent : undefined;
  return typeof beneath === 'string' ? beneath : beneath?.id;
}

export function createCapturePayment({ client, findPayment, readPayment }: CapturePaymentDeps) {
  async function take(
    { id, amount }: CaptureRequest,
    payment: KnownPayment,
    intentId: string,
    reference: string,
  ): Promise<CapturePaymentResult> {
    const answer = await client.call(
      { operation: 'capture_intent', subject: id, isSafeToRepeat: false },
      (sdk) =>
        sdk.paymentIntents.capture(
          intentId,
          { amount_to_capture: amount.amount, final_capture: true, metadata: { capture_id: id } },
          { idempotencyKey: `${id}:capture` },
        ),
    );
    if (answer.kind === 'not_sent' || answer.kind === 'unknown') {
      return { outcome: answer.kind, reason: answer.reason };
    }
    if (answer.kind === 'refused' && answer.refusal === 'misconfigured') {
      return { outcome: 'not_sent', reason: answer.reason };
    }
    // Read again rather than believed: a repeat is answered as things stood at first, and the fee is only told on asking.
    const { result } = await readPayment(payment, reference);
    const stillHeld: CapturePaymentResult =
      answer.kind === 'refused' ? { outcome: 'failed', reason: answer.reason } : { outcome: 'pending' };
    return alreadyDecided(result) ?? stillHeld;
  }

  return async (request: CaptureRequest): Promise<CapturePaymentResult> => {
    const { payment } = request;
    const found = await findPayment(payment);
    if (found.kind !== 'found') {
      return found.kind === 'unknown'
        ? { outcome: 'unknown', reason: found.reason }
        : { outcome: 'failed', reason: NOTHING_HELD };
    }
    const seen = await readPayment(payment, found.reference);
    const decided = alreadyDecided(seen.result);
    const intentId = intentIdOf(seen, found.reference);
    if (decided || intentId === undefined) {
      return decided ?? { outcome: 'failed', reason: NOTHING_HELD };
    }
    return take(request, payment, intentId, found.reference);
  };
}
