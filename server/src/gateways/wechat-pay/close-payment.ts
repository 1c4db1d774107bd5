import type { ClosePaymentResult } from '../gateway.ts';
import type { WechatPayClient } from './client.ts';
import type { Refusal } from './errors.ts';

export interface ClosePaymentDeps {
  readonly client: WechatPayClient;
  readonly mchid: string;
}

const REFUSED: Partial<Record<Refusal, 'already_paid' | 'closed' | 'not_found'>> = {
  already_paid: 'already_paid',
  already_closed: 'closed',
  not_found: 'not_found',
};

/** A close may be repeated: closing a closed trade succeeds. A paid trade refuses. */
export function createClosePayment({ client, mchid }: ClosePaymentDeps) {
  return async ({ id }: { readonly id: string }): Promise<ClosePaymentResult> => {
    const answer = await client.call({
      operation: 'close',
      subject: id,
      method: 'POST',
      pathAndQuery: `/v3/pay/transactions/out-trade-no/${encodeURIComponent(id)}/close`,
      body: JSON.stringify({ mchid }),
      isSafeToRepeat: true,
    });
    if (answer.kind === 'done') {
      return { outcome: 'closed' };
    }
    const outcome = answer.kind === 'refused' ? REFUSED[answer.refusal] : undefined;
    return outcome ? { outcome } : { outcome: 'unknown', reason: answer.reason };
  };
}
