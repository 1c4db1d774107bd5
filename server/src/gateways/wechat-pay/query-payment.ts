import type { QueryPaymentResult } from '../gateway.ts';
import { judgeQuery } from '../wechat-answers.ts';
import type { WechatPayClient } from './client.ts';
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
    return judgeQuery(answer, id, readTrade);
  };
}
