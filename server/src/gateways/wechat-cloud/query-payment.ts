import type { QueryPaymentResult } from '../gateway.ts';
import { judgeQuery } from '../wechat-answers.ts';
import type { CloudClient } from './client.ts';
import { readTrade } from './trade.ts';

export interface QueryPaymentDeps {
  readonly client: CloudClient;
  readonly subMchid: string;
}

export type QueryPayment = (
  payment: { readonly id: string },
  deadlineMs?: number,
) => Promise<QueryPaymentResult>;

/** The only word that money is credited on: callbacks are hints to ask for it. */
export function createQueryPayment({ client, subMchid }: QueryPaymentDeps): QueryPayment {
  return async ({ id }, deadlineMs) => {
    const answer = await client.call({
      operation: 'query',
      verb: 'queryorder',
      subject: id,
      content: { out_trade_no: id, sub_mch_id: subMchid },
      isSafeToRepeat: true,
      ...(deadlineMs === undefined ? {} : { timeoutMs: deadlineMs }),
    });
    return judgeQuery(answer, id, readTrade);
  };
}
