import type { ClosePaymentResult } from '../gateway.ts';
import { judgeClose } from '../wechat-answers.ts';
import type { WechatPayClient } from './client.ts';

export interface ClosePaymentDeps {
  readonly client: WechatPayClient;
  readonly mchid: string;
}

export function createClosePayment({ client, mchid }: ClosePaymentDeps) {
  return async ({ id }: { readonly id: string }): Promise<ClosePaymentResult> =>
    judgeClose(
      await client.call({
        operation: 'close',
        subject: id,
        method: 'POST',
        pathAndQuery: `/v3/pay/transactions/out-trade-no/${encodeURIComponent(id)}/close`,
        body: JSON.stringify({ mchid }),
        isSafeToRepeat: true,
      }),
    );
}
