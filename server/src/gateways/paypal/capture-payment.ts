/**
 * Taking the money: of an order that the payer has approved, or of a hold. Invariant: a capture of ours takes money at most
 * once. An order can be captured once only; a capture of a hold carries our id as its PayPal-Request-Id, which PayPal keeps
 * for 45 days, longer than any hold lasts, and as its invoice number. If the process dies after the call, the same request
 * answers what came of the first one. `failed` is answered only when the order, too, shows no such capture.
 */
import type { CapturePaymentResult, CaptureRequest, GatewayReason } from '../gateway.ts';
import type { PaypalAnswer, PaypalClient } from './client.ts';
import { FOREIGN_ANSWER, MALFORMED_ANSWER } from './issues.ts';
import { type LookUp, orderPath, readOwnOrder } from './look-up.ts';
import { toPaypalMoney } from './money.ts';
import {
  CAPTURE_STATUSES,
  type Capture,
  captureSchema,
  declinedReason,
  factsOfCapture,
  type OrderReading,
  type Parties,
} from './order.ts';

export interface CapturePaymentDeps {
  readonly client: PaypalClient;
  readonly lookUp: LookUp;
  readonly merchantId: string;
}

const malformed: CapturePaymentResult = { outcome: 'unknown', reason: MALFORMED_ANSWER };

function toResult(capture: Capture, parties: Parties): CapturePaymentResult {
  const outcome = Object.hasOwn(CAPTURE_STATUSES, capture.status)
    ? CAPTURE_STATUSES[capture.status as keyof typeof CAPTURE_STATUSES]
    : undefined;
  switch (outcome) {
    case 'succeeded': {
      const facts = factsOfCapture(capture, parties);
      return facts ? { outcome, facts } : malformed;
    }
    case 'processing': {
      const code = capture.status_details?.reason ?? 'PENDING';
      return { outcome: 'pending', reason: { code, message: 'PayPal has not ended the capture yet.' } };
    }
    case 'declined':
      return { outcome: 'failed', reason: declinedReason(capture) };
    case undefined:
      return malformed;
  }
}

/** The capture of this request among those of the order. */
function findCapture(order: OrderReading, { id, payment }: CaptureRequest): Capture | undefined {
  return payment.captureMode === 'manual'
    ? order.captures.find(({ invoice_id }) => invoice_id === id)
    : order.captures[0];
}

export function createCapturePayment({ client, lookUp, merchantId }: CapturePaymentDeps) {
  async function look(request: CaptureRequest, reference: string) {
    return lookUp({ id: request.payment.id, reference });
  }

  /** A repeated request is answered as the first one was: what has become of a pending capture stands in the order. */
  async function lookIfPending(
    request: CaptureRequest,
    reference: string,
    answered: CapturePaymentResult,
  ): Promise<CapturePaymentResult> {
    const looked = answered.outcome === 'pending' ? await look(request, reference) : undefined;
    const capture = looked?.kind === 'found' ? findCapture(looked.order, request) : undefined;
    return capture && looked?.kind === 'found' ? toResult(capture, looked.order.parties) : answered;
  }

  /** A refusal may be about what an earlier request under this id has done. */
  async function judgeRefusal(
    request: CaptureRequest,
    reference: string,
    { refusal, reason }: Extract<PaypalAnswer, { kind: 'refused' }>,
  ): Promise<CapturePaymentResult> {
    switch (refusal) {
      case 'misconfigured':
        return { outcome: 'not_sent', reason };
      case 'payer_must_act':
      case 'refused_for_now':
        return { outcome: 'pending', reason };
      case 'in_progress':
        return { outcome: 'unknown', reason };
      case 'already_done':
      case 'not_found':
      case 'invalid':
      case 'final':
    }
    const looked = await look(request, reference);
    if (looked.kind === 'none') {
      return looked.result.outcome === 'not_found' && refusal === 'not_found'
        ? { outcome: 'failed', reason }
        : { outcome: 'unknown', reason };
    }
    const capture = findCapture(looked.order, request);
    if (capture) {
      return toResult(capture, looked.order.parties);
    }
    const { outcome } = looked.order.result;
    const isDoubtful = outcome === 'unknown' || outcome === 'processing';
    // An order that was captured, and does not show it yet.
    const isBehind = refusal === 'already_done' && request.payment.captureMode === 'automatic';
    return { outcome: isDoubtful || isBehind ? 'unknown' : 'failed', reason };
  }

  async function captureOrder(request: CaptureRequest, reference: string): Promise<CapturePaymentResult> {
    if (request.amount.amount !== request.payment.amount.amount) {
      return fail('not_whole', 'An order of PayPal is captured as a whole.');
    }
    const answer = await client.call({
      operation: 'capture_order',
      subject: request.id,
      method: 'POST',
      path: orderPath(reference, '/capture'),
      body: '{}',
      requestId: `${request.id}.capture`,
      isSafeToRepeat: false,
    });
    if (answer.kind === 'refused') {
      return judgeRefusal(request, reference, answer);
    }
    if (answer.kind !== 'done') {
      return { outcome: answer.kind, reason: answer.reason };
    }
    const found = readOwnOrder(answer.body, request.payment.id, merchantId);
    const capture = found.kind === 'found' ? found.order.captures[0] : undefined;
    return found.kind === 'found' && capture
      ? lookIfPending(request, reference, toResult(capture, found.order.parties))
      : malformed;
  }

  async function captureHold(request: CaptureRequest, reference: string): Promise<CapturePaymentResult> {
    const authorisationId = await findHold(request, reference);
    if (authorisationId === undefined) {
      return { outcome: 'unknown', reason: { code: 'no_hold', message: 'The hold could not be looked up.' } };
    }
    const answer = await client.call({
      operation: 'capture_authorization',
      subject: request.id,
      method: 'POST',
      path: `/v2/payments/authorizations/${encodeURIComponent(authorisationId)}/capture`,
      body: JSON.stringify({
        amount: toPaypalMoney(request.amount),
        invoice_id: request.id,
        final_capture: request.isFinal,
      }),
      requestId: `${request.id}.capture`,
      isSafeToRepeat: false,
    });
    if (answer.kind === 'refused') {
      return judgeRefusal(request, reference, answer);
    }
    if (answer.kind !== 'done') {
      return { outcome: answer.kind, reason: answer.reason };
    }
    const { data: capture } = captureSchema.safeParse(answer.body);
    if (!capture) {
      return malformed;
    }
    if (capture.invoice_id !== request.id) {
      return { outcome: 'unknown', reason: FOREIGN_ANSWER };
    }
    const parties = { merchantAccount: capture.payee?.merchant_id ?? merchantId, payer: null };
    return lookIfPending(request, reference, toResult(capture, parties));
  }

  async function findHold(request: CaptureRequest, reference: string): Promise<string | undefined> {
    if (request.payment.transactionId !== null) {
      return request.payment.transactionId;
    }
    const looked = await look(request, reference);
    return looked.kind === 'found' ? (looked.order.authorisationId ?? undefined) : undefined;
  }

  return (request: CaptureRequest): Promise<CapturePaymentResult> => {
    const { reference } = request.payment;
    if (reference === null) {
      return Promise.resolve(fail('not_opened', 'There is no order at PayPal that could be captured.'));
    }
    return request.payment.captureMode === 'manual'
      ? captureHold(request, reference)
      : captureOrder(request, reference);
  };
}

function fail(code: string, message: string): CapturePaymentResult {
  const reason: GatewayReason = { code, message };
  return { outcome: 'failed', reason };
}
