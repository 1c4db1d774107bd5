/**
 * Opening a trade. Invariant: one attempt of ours is at most one trade at WeChat Pay, because the attempt's id is the
 * trade's number and every request for it is the same to the byte. If the process dies after the call, the trade may exist
 * without our knowing its prepay_id: asking again gives a fresh one of the same trade, and a query finds what was paid.
 */
import { toBeijingTime } from '../beijing-time.ts';
import type { CreatePaymentResult, PaymentRequest } from '../gateway.ts';
import { createJudgeOpening, MALFORMED_ANSWER } from '../wechat-answers.ts';
import { toPayerText } from '../wechat-text.ts';
import type { WechatPayClient } from './client.ts';
import { methodOf } from './methods.ts';
import type { QueryPayment } from './query-payment.ts';
import type { Signer } from './sign.ts';

const MAX_DESCRIPTION_BYTES = 127;

export interface CreatePaymentDeps {
  readonly client: WechatPayClient;
  readonly signer: Signer;
  readonly queryPayment: QueryPayment;
  readonly mchid: string;
}

/** A time as WeChat Pay wants it: `2026-11-20T20:15:00+08:00`. */
export function toWechatTime(epochMs: number): string {
  return `${toBeijingTime(epochMs).replace(' ', 'T')}+08:00`;
}

/** The body of a prepay request. The same attempt gives the same bytes. */
export function buildPrepayBody(
  request: PaymentRequest,
  mchid: string,
  extraFields: Readonly<Record<string, unknown>>,
): string {
  return JSON.stringify({
    appid: request.appId,
    mchid,
    description: toPayerText(request.description, MAX_DESCRIPTION_BYTES) || request.id,
    out_trade_no: request.id,
    time_expire: toWechatTime(request.expiresAt),
    notify_url: request.notifyUrl,
    amount: { total: request.amount.amount, currency: request.amount.currency },
    ...extraFields,
  });
}

export function createCreatePayment({ client, signer, queryPayment, mchid }: CreatePaymentDeps) {
  const judgeOpening = createJudgeOpening(queryPayment);

  return async (request: PaymentRequest): Promise<CreatePaymentResult> => {
    const method = methodOf(request.method);
    if (!method || request.appId === null) {
      throw new Error(`the payment ${request.id} was not validated before it was sent`);
    }
    const answer = await client.call({
      operation: 'prepay',
      subject: request.id,
      method: 'POST',
      pathAndQuery: method.path,
      body: buildPrepayBody(request, mchid, method.extraFields(request)),
      isSafeToRepeat: true,
    });
    if (answer.kind !== 'done') {
      return judgeOpening(request.id, answer);
    }
    const parameters = await method.toParameters(answer.body, {
      request,
      appId: request.appId,
      mchid,
      signer,
    });
    return parameters
      ? { outcome: 'requires_action', parameters }
      : { outcome: 'unknown', reason: MALFORMED_ANSWER };
  };
}
