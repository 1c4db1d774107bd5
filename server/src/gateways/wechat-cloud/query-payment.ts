import type { QueryPaymentResult } from '../gateway.ts';
import type { CloudClient } from './client.ts';
import { FOREIGN_ANSWER, MALFORMED_ANSWER } from './errors.ts';
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
    switch (answer.kind) {
      case 'done': {
        const trade = readTrade(answer.data);
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
