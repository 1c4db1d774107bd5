/**
 * Ending an abnormal refund: the payer's account could not take the money, and a person says where it goes instead. Invariant:
 * it stays the same refund under the same number, so the money is returned at most once however often this is asked. If the
 * process dies after the call, the refund's query tells what became of it.
 */
import { constants, publicEncrypt } from 'node:crypto';
import type { AbnormalRefundRequest, KnownRefund, QueryRefundResult, RefundResult } from '../gateway.ts';
import type { WechatPayClient } from './client.ts';
import type { KeyRing } from './keys.ts';
import { readRefundAnswer } from './refund.ts';

export interface AbnormalRefundDeps {
  readonly client: WechatPayClient;
  readonly keys: KeyRing;
  readonly queryRefund: (refund: KnownRefund) => Promise<QueryRefundResult>;
}

type SealingKey = NonNullable<Awaited<ReturnType<KeyRing['toSealWith']>>>;

/** RSAES-OAEP with SHA-1, as WeChat Pay wants fields that are for its eyes only. */
function seal(text: string, { key }: SealingKey): string {
  const padding = constants.RSA_PKCS1_OAEP_PADDING;
  return publicEncrypt({ key, padding, oaepHash: 'sha1' }, Buffer.from(text)).toString('base64');
}

function buildBody({ refund, to, card }: AbnormalRefundRequest, key: SealingKey): string {
  return JSON.stringify({
    out_refund_no: refund.id,
    type: to === 'payer_card' ? 'USER_BANK_CARD' : 'MERCHANT_BANK_CARD',
    ...(card && {
      bank_type: card.bankType,
      bank_account: seal(card.number, key),
      real_name: seal(card.holderName, key),
    }),
  });
}

const unsent = (code: string, message: string): RefundResult => ({
  outcome: 'not_sent',
  reason: { code, message },
});

export function createFinishAbnormalRefund({ client, keys, queryRefund }: AbnormalRefundDeps) {
  return async (request: AbnormalRefundRequest): Promise<RefundResult> => {
    const { refund, to, card } = request;
    if (refund.providerRefundId === null || (to === 'payer_card' && card === undefined)) {
      return unsent('incomplete', 'The number of the refund, or the card, is missing.');
    }
    const key = await keys.toSealWith();
    if (!key) {
      return unsent('no_key', 'There is no key of WeChat Pay to seal the card with.');
    }
    const answer = await client.call({
      operation: 'abnormal_refund',
      subject: refund.id,
      method: 'POST',
      pathAndQuery: `/v3/refund/domestic/refunds/${encodeURIComponent(refund.providerRefundId)}/apply-abnormal-refund`,
      body: buildBody(request, key),
      serial: key.serial,
      isSafeToRepeat: false,
    });
    switch (answer.kind) {
      case 'done':
        return readRefundAnswer(answer.body, refund.id);
      case 'refused': {
        // Refused, because a field is wrong or because it is not abnormal any more: what it is now decides.
        const found = await queryRefund(refund);
        return found.outcome === 'not_found' ? { outcome: 'unknown', reason: answer.reason } : found;
      }
      case 'not_sent':
      case 'unknown':
        return { outcome: answer.kind, reason: answer.reason };
    }
  };
}
