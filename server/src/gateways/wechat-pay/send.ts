import type { Clock } from '../../kernel/clock.ts';
import type { Outbound, OutboundResponse } from '../../kernel/outbound/index.ts';
import type { CheckedSettings } from './config.ts';
import { createSigner, type Signer } from './sign.ts';

/** Fields that the stored record of a call masks. */
const PERSONAL_FIELDS = ['openid', 'payer_client_ip', 'user_received_account', 'ciphertext', 'bank_account'];

export interface WechatPayCall {
  /** For logs, metrics and crash points, such as `prepay`. */
  readonly operation: string;
  /** The row of ours that the call is about. */
  readonly subject?: string;
  readonly method: 'GET' | 'POST';
  readonly pathAndQuery: string;
  readonly body?: string;
  readonly timeoutMs?: number;
  /** 10 MB by default. */
  readonly maxAnswerBytes?: number;
  /** Names the key that fields of the body are sealed with; by default the one that the answer is to be signed by. */
  readonly serial?: string;
  /** Whether asking twice does no more than asking once. */
  readonly isSafeToRepeat: boolean;
}

/** Sends signed requests and judges nothing; throws what the outbound client throws. */
export interface Sender {
  readonly signer: Signer;
  send(call: WechatPayCall): Promise<OutboundResponse>;
}

export interface SenderDeps {
  readonly settings: CheckedSettings;
  readonly outbound: Outbound;
  readonly clock: Clock;
}

export function createSender({ settings, outbound, clock }: SenderDeps): Sender {
  const signer = createSigner({ ...settings, clock });
  const origin = settings.baseUrl.replace(/\/$/, '');
  const fixedHeaders: Record<string, string> = { accept: 'application/json', 'user-agent': 'suanpan' };
  if (settings.publicKey) {
    // Asks for an answer that is signed by the public key; without it answers are signed by a platform certificate.
    fixedHeaders['wechatpay-serial'] = settings.publicKey.id;
  }
  return {
    signer,
    async send({ pathAndQuery, body, serial, ...call }) {
      const authorization = await signer.authorize({ method: call.method, pathAndQuery, body: body ?? '' });
      return outbound.call({
        ...call,
        provider: 'wechat_pay',
        url: `${origin}${pathAndQuery}`,
        headers: {
          ...fixedHeaders,
          authorization,
          ...(serial === undefined ? {} : { 'wechatpay-serial': serial }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body }),
        redact: PERSONAL_FIELDS,
      });
    },
  };
}
