import type { KnownPayment, PaymentRequest, QueryPaymentResult, ReturnedMoney } from '../gateway.ts';
import type { AlipayClient } from './client.ts';
import { FOREIGN_ANSWER, MALFORMED_ANSWER } from './errors.ts';
import type { FindRefund } from './refund-reading.ts';
import { isReturned, type Owner, readTrade, tradeSchema } from './trade.ts';

export interface QueryPaymentDeps {
  readonly client: AlipayClient;
  readonly owner: Owner;
  readonly findRefund: FindRefund;
}

export type QueryPayment = (
  payment: Pick<KnownPayment | PaymentRequest, 'id'>,
  deadlineMs?: number,
) => Promise<QueryPaymentResult>;

export function createQueryPayment({ client, owner, findRefund }: QueryPaymentDeps): QueryPayment {
  /**
   * A trade that was paid and returned in full may have been returned by our own cancel, when the payer was faster: such a
   * refund has the trade's number for its own. Refunds that were asked for have numbers of theirs and are not looked for.
   */
  async function withReturned(
    paid: Extract<QueryPaymentResult, { outcome: 'succeeded' }>,
    id: string,
    deadlineMs: number | undefined,
  ): Promise<QueryPaymentResult> {
    const found = await findRefund({ paymentId: id, requestNumber: id }, deadlineMs);
    switch (found.outcome) {
      case 'not_found':
        return paid;
      case 'unknown':
        return { outcome: 'unknown', reason: found.reason };
      case 'succeeded': {
        const { providerRefundId, amount, finishedAt } = found.facts;
        const returned: ReturnedMoney = { providerRefundId, amount, finishedAt };
        return { ...paid, returned: [returned] };
      }
    }
  }

  return async ({ id }, deadlineMs) => {
    const answer = await client.call({
      operation: 'query',
      subject: id,
      method: 'alipay.trade.query',
      content: { out_trade_no: id },
      isSafeToRepeat: true,
      ...(deadlineMs === undefined ? {} : { timeoutMs: deadlineMs }),
    });
    if (answer.kind === 'refused' && answer.refusal === 'not_found') {
      return { outcome: 'not_found' };
    }
    if (answer.kind !== 'done') {
      return { outcome: 'unknown', reason: answer.reason };
    }
    const { data: trade } = tradeSchema.safeParse(answer.body);
    if (!trade) {
      return { outcome: 'unknown', reason: MALFORMED_ANSWER };
    }
    if (trade.out_trade_no !== id) {
      return { outcome: 'unknown', reason: FOREIGN_ANSWER };
    }
    const result = readTrade(trade, owner);
    return result.outcome === 'succeeded' && isReturned(trade)
      ? withReturned(result, id, deadlineMs)
      : result;
  };
}
