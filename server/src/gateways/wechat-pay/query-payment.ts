import type { QueryPaymentResult } from '../gateway.ts';
import type { WechatPayClient } from './client.ts';
import { FOREIGN_ANSWER, MALFORMED_ANSWER } from './errors.ts';
import { readTrade } from './trade.ts';

export interface QueryPaymentDeps {
  readonly client: WechatPayClient;
  readonly mchid: string;
}

export type QueryPayment = (
  payment: { readonly id: string },
  deadlineMs?: number,
) => Promise<QueryPaymentResult>;

export function createQueryPayment({ client, mchid }: QueryPaymentDeps): QueryPayment {
  return async ({ id }, deadlineMs) => {
    const answer = await client.call({
      operation: 'query',
      subject: id,
      method: 'GET',
      pathAndQuery: `/v3/pay/transactions/out-trade-no/${encodeURIComponent(id)}?mchid=${mchid}`,
      isSafeToRepeat: true,
      ...(deadlineMs === undefined ? {} : { timeoutMs: deadlineMs }),
    });
    switch (answer.kind) {
      case 'done': {
        const trade = readTrade(answer.body);
        if (!trade) {
          return { outcome: 'unknown', reason: MALFORMED_ANSWER };
        }
        return trade.paymentId === id ? trade.result : { outcome: 'unknown', reason: FOREIGN_ANSWER };
      }
      case 'refused':
        return answer.refusal === 'not_found'
          ? { outcome: 'not_found' }
          : { outcome: 'unknown', reason: answer.reason };
      case 'not_sent':
      case 'unknown':
        return { outcome: 'unknown', reason: answer.reason };
    }
  };
}
