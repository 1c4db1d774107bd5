/**
 * Opening a trade. Invariant: one attempt of ours is at most one trade at WeChat Pay, because the attempt's id is the
 * trade's number and every request for it is the same to the byte. If the process dies after the call, the trade may exist
 * without our knowing its prepay_id: asking again gives a fresh one of the same trade, and a query finds what was paid.
 */
import { z } from 'zod';
import { toCompactTime } from '../beijing-time.ts';
import type { ClientParameters, CreatePaymentResult, PaymentRequest } from '../gateway.ts';
import { createJudgeOpening, FOREIGN_ANSWER, MALFORMED_ANSWER } from '../wechat-answers.ts';
import { toPayerText } from '../wechat-text.ts';
import type { CloudClient } from './client.ts';
import { type CheckedSettings, callbackPathOf } from './config.ts';
import type { QueryPayment } from './query-payment.ts';

const MAX_BODY_BYTES = 127;
/** Where nobody's address is known: the machine's own, as the interface allows. */
const OWN_ADDRESS = '127.0.0.1';

export interface CreatePaymentDeps {
  readonly client: CloudClient;
  readonly queryPayment: QueryPayment;
  readonly settings: Pick<CheckedSettings, 'subMchid' | 'envId' | 'service'>;
}

const openedSchema = z.object({
  prepay_id: z.string().min(1),
  payment: z.object({
    appId: z.string().min(1),
    timeStamp: z.string().min(1),
    nonceStr: z.string().min(1),
    package: z.string().startsWith('prepay_id='),
    signType: z.string().min(1),
    paySign: z.string().min(1),
  }),
});

/** The request for a trade. The same attempt gives the same content. */
export function buildOrder(
  request: PaymentRequest,
  { subMchid, envId, service }: CreatePaymentDeps['settings'],
): Readonly<Record<string, unknown>> {
  return {
    body: toPayerText(request.description, MAX_BODY_BYTES) || request.id,
    openid: request.openid,
    out_trade_no: request.id,
    spbill_create_ip: request.clientIp ?? OWN_ADDRESS,
    env_id: envId,
    sub_mch_id: subMchid,
    total_fee: request.amount.amount,
    time_expire: toCompactTime(request.expiresAt),
    callback_type: 2,
    container: { service, path: callbackPathOf(request.id) },
  };
}

/** What `wx.requestPayment` takes, signed by the platform; `undefined` when that is not what it should be. */
function readOpened(data: unknown): ClientParameters | undefined {
  const { data: opened } = openedSchema.safeParse(data);
  return opened && { ...opened.payment, prepay_id: opened.prepay_id };
}

export function createCreatePayment({ client, queryPayment, settings }: CreatePaymentDeps) {
  const judgeOpening = createJudgeOpening(queryPayment);

  return async (request: PaymentRequest): Promise<CreatePaymentResult> => {
    if (request.openid === null || request.appId === null) {
      throw new Error(`the payment ${request.id} was not validated before it was sent`);
    }
    const answer = await client.call({
      operation: 'unified_order',
      verb: 'unifiedOrder',
      subject: request.id,
      content: buildOrder(request, settings),
      isSafeToRepeat: true,
    });
    if (answer.kind !== 'done') {
      return judgeOpening(request.id, answer);
    }
    const parameters = readOpened(answer.body);
    if (!parameters) {
      return { outcome: 'unknown', reason: MALFORMED_ANSWER };
    }
    return parameters.appId === request.appId
      ? { outcome: 'requires_action', parameters }
      : { outcome: 'unknown', reason: FOREIGN_ANSWER };
  };
}
