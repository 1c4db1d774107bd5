import type { ClosePaymentResult } from '../gateway.ts';
import { judgeClose } from '../wechat-answers.ts';
import type { CloudClient } from './client.ts';

export interface ClosePaymentDeps {
  readonly client: CloudClient;
  readonly subMchid: string;
}

export function createClosePayment({ client, subMchid }: ClosePaymentDeps) {
  return async ({ id }: { readonly id: string }): Promise<ClosePaymentResult> =>
    judgeClose(
      await client.call({
        operation: 'close',
        verb: 'closeorder',
        subject: id,
        content: { out_trade_no: id, sub_mch_id: subMchid },
        isSafeToRepeat: true,
      }),
    );
}
