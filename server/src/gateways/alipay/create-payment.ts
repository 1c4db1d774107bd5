/**
 * Opening. Invariant: one attempt of ours is at most one trade at Alipay, because the attempt's id is the trade's number.
 * For a page nothing is called: we sign an address, and the trade comes into being when the payer opens it; so an attempt
 * whose address was given out may be paid until its expiry, whatever Alipay says of it before. If the process dies after
 * the call for a code, nobody has seen the code; asking again gives one for the same trade.
 */
import { z } from 'zod';
import { type Clock, MINUTE_MS } from '../../kernel/clock.ts';
import { formatDecimal } from '../../kernel/money.ts';
import { toBeijingTime } from '../beijing-time.ts';
import type { CreatePaymentResult, GatewayReason, PaymentRequest } from '../gateway.ts';
import type { AlipayClient } from './client.ts';
import type { ClosePayment } from './close-payment.ts';
import { FOREIGN_ANSWER, MALFORMED_ANSWER, type Refusal } from './errors.ts';
import { type AlipayMethod, methodOf } from './methods.ts';
import { toPayerText } from './payer-text.ts';
import { encodeParameters, type RequestToSign, type Signer } from './sign.ts';

export interface CreatePaymentDeps {
  readonly client: AlipayClient;
  readonly signer: Signer;
  readonly closePayment: ClosePayment;
  readonly clock: Clock;
  readonly gatewayUrl: string;
}

const codeSchema = z.object({ out_trade_no: z.string(), qr_code: z.string().min(1) });

/** Whole minutes until the expiry, rounded up; a code lives at least one. */
function minutesUntil(expiresAt: number, now: number): string {
  return `${Math.max(1, Math.ceil((expiresAt - now) / MINUTE_MS))}m`;
}

/** What is ordered. The expiry is that of the attempt: a trade or page that is left alone dies with it. */
export function buildOrder(method: AlipayMethod, request: PaymentRequest, now: number): RequestToSign {
  return {
    method: method.call,
    content: {
      out_trade_no: request.id,
      total_amount: formatDecimal(request.amount),
      subject: toPayerText(request.description) || request.id,
      time_expire: toBeijingTime(request.expiresAt),
      ...(method.kind === 'code' ? { qr_code_timeout_express: minutesUntil(request.expiresAt, now) } : {}),
      ...method.extraFields(request),
    },
    notifyUrl: request.notifyUrl,
    ...(method.kind === 'page' ? { returnUrl: request.returnUrl } : {}),
  };
}

export function createCreatePayment({ client, signer, closePayment, clock, gatewayUrl }: CreatePaymentDeps) {
  /** `declined` promises that no money can come in: a code of an earlier request must be dead first. */
  async function confirmDeclined(
    request: PaymentRequest,
    reason: GatewayReason,
  ): Promise<CreatePaymentResult> {
    const closed = await closePayment(request);
    switch (closed.outcome) {
      case 'closed':
      case 'not_found':
        return { outcome: 'declined', reason };
      case 'already_paid':
        return { outcome: 'already_paid' };
      default:
        return { outcome: 'unknown', reason };
    }
  }

  function judgeRefusal(
    request: PaymentRequest,
    refusal: Refusal,
    reason: GatewayReason,
  ): Promise<CreatePaymentResult> | CreatePaymentResult {
    switch (refusal) {
      case 'already_paid':
      case 'already_closed':
        return { outcome: refusal };
      case 'misconfigured':
        return { outcome: 'not_sent', reason };
      case 'number_used':
        // There is a trade under this number, and it can take money.
        return { outcome: 'unknown', reason };
      default:
        return confirmDeclined(request, reason);
    }
  }

  async function openCode(request: PaymentRequest, order: RequestToSign): Promise<CreatePaymentResult> {
    const answer = await client.call({
      ...order,
      operation: 'precreate',
      subject: request.id,
      isSafeToRepeat: true,
    });
    switch (answer.kind) {
      case 'done': {
        const { data } = codeSchema.safeParse(answer.body);
        if (!data) {
          return { outcome: 'unknown', reason: MALFORMED_ANSWER };
        }
        return data.out_trade_no === request.id
          ? { outcome: 'requires_action', parameters: { qrCode: data.qr_code } }
          : { outcome: 'unknown', reason: FOREIGN_ANSWER };
      }
      case 'refused':
        return judgeRefusal(request, answer.refusal, answer.reason);
      case 'not_sent':
      case 'unknown':
        return { outcome: answer.kind, reason: answer.reason };
    }
  }

  return async (request: PaymentRequest): Promise<CreatePaymentResult> => {
    const method = methodOf(request.method);
    if (!method) {
      throw new Error(`the payment ${request.id} was not validated before it was sent`);
    }
    const order = buildOrder(method, request, clock.now());
    if (method.kind === 'code') {
      return openCode(request, order);
    }
    const redirectUrl = `${gatewayUrl}?${encodeParameters(await signer(order))}`;
    return { outcome: 'requires_action', parameters: { redirectUrl } };
  };
}
