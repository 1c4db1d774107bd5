/**
 * The other side of WeChat Pay for tests of the gateway alone: it signs answers and notifications with keys of its own, and
 * each test says what is answered. How WeChat Pay behaves over time is the simulator's part.
 */
import { createCipheriv, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import type { Gateway, IncomingNotification, KnownPayment, KnownRefund } from '../../src/gateways/gateway.ts';
import { createWechatPayGateway, type WechatPaySettings } from '../../src/gateways/wechat-pay/index.ts';
import { createFakeClock, type FakeClock } from '../../src/kernel/clock.ts';
import { silentLogger } from '../../src/kernel/log/index.ts';
import type { OutboundResponse } from '../../src/kernel/outbound/index.ts';
import { makeCertificate, type TestCertificate } from './certificate.ts';
import { createPreparedOutbound, type PreparedOutbound } from './prepared-outbound.ts';

export const NOW = Date.parse('2026-11-20T12:00:00Z');
export const MCHID = '1900007291';
export const MINI_PROGRAM = 'wx2421b1c4370ec43b';
export const OFFICIAL_ACCOUNT = 'wxd678efh567hg6787';
export const API_V3_KEY = '0123456789abcdef0123456789abcdef';
export const PUBLIC_KEY_ID = 'PUB_KEY_ID_0119000072912026';

const merchant = generateKeyPairSync('rsa', { modulusLength: 2048 });
const platform = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pemOf = (key: KeyObject) =>
  key.export({ type: key.type === 'private' ? 'pkcs8' : 'spki', format: 'pem' }).toString();

export const merchantPublicKey = merchant.publicKey;

export const platformCertificate: TestCertificate = makeCertificate({
  serialNo: '5DEA10EF55877E3CF6C33255C2E7DEFFF7E427EC',
  validFrom: NOW - 86_400_000,
  validUntil: NOW + 86_400_000,
});

export interface SigningKey {
  readonly serial: string;
  readonly key: KeyObject;
}

export const publicKeyMode: SigningKey = { serial: PUBLIC_KEY_ID, key: platform.privateKey };
export const certificateMode: SigningKey = {
  serial: platformCertificate.serialNo,
  key: platformCertificate.privateKey,
};

/** The four headers over a body; `at` in ms. */
export function signedHeaders(
  body: string,
  at: number,
  { serial, key } = publicKeyMode,
): Record<string, string> {
  const timestamp = String(Math.floor(at / 1000));
  const nonce = randomBytes(16).toString('hex');
  const signature = sign('sha256', Buffer.from(`${timestamp}\n${nonce}\n${body}\n`), key).toString('base64');
  return {
    'wechatpay-timestamp': timestamp,
    'wechatpay-nonce': nonce,
    'wechatpay-serial': serial,
    'wechatpay-signature': signature,
  };
}

export function encrypt(plain: string, associatedData: string, key = API_V3_KEY) {
  const nonce = randomBytes(6).toString('hex');
  const cipher = createCipheriv('aes-256-gcm', Buffer.from(key), Buffer.from(nonce)).setAAD(
    Buffer.from(associatedData),
  );
  const bytes = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return {
    algorithm: 'AEAD_AES_256_GCM' as const,
    ciphertext: bytes.toString('base64'),
    associated_data: associatedData,
    nonce,
  };
}

/** A signed 2xx. */
export function answer(
  body: object | undefined,
  options: { status?: number; at?: number; by?: SigningKey } = {},
): OutboundResponse {
  const text = body === undefined ? '' : JSON.stringify(body);
  return {
    status: options.status ?? (body === undefined ? 204 : 200),
    headers: signedHeaders(text, options.at ?? NOW, options.by),
    body: Buffer.from(text),
    durationMs: 1,
  };
}

/** A refusal as WeChat Pay sends it: unsigned. */
export function refusal(status: number, code: string): OutboundResponse {
  return { status, headers: {}, body: Buffer.from(JSON.stringify({ code, message: '…' })), durationMs: 1 };
}

/** The download of the platform certificates. */
export function certificateDownload(
  certificates: readonly TestCertificate[],
  by: SigningKey = certificateMode,
): OutboundResponse {
  const data = certificates.map(({ serialNo, pem }) => ({
    serial_no: serialNo,
    encrypt_certificate: encrypt(pem, 'certificate'),
  }));
  return answer({ data }, { by });
}

export interface TestGateway extends Pick<PreparedOutbound, 'calls' | 'answers'> {
  readonly gateway: Gateway;
  readonly clock: FakeClock;
}

export function makeGateway(overrides: Partial<WechatPaySettings> = {}): TestGateway {
  const clock = createFakeClock(NOW);
  const { outbound, calls, answers } = createPreparedOutbound();
  const settings: WechatPaySettings = {
    mchid: MCHID,
    merchantSerialNo: '408B07E79B8269FEC3D5D3E6AB8ED163A6A380DB',
    privateKeyPem: pemOf(merchant.privateKey),
    apiV3Key: API_V3_KEY,
    publicKey: { id: PUBLIC_KEY_ID, pem: pemOf(platform.publicKey) },
    apps: [
      { appid: MINI_PROGRAM, kind: 'mini_program' },
      { appid: OFFICIAL_ACCOUNT, kind: 'official_account' },
    ],
    baseUrl: 'https://pay.example.test',
    ...overrides,
  };
  return {
    gateway: createWechatPayGateway({ settings, outbound, clock, log: silentLogger }),
    ...{ clock, calls, answers },
  };
}

export const payment: KnownPayment = {
  id: 'pay_01jd3kq2x4000000000000000',
  method: 'wechat_jsapi',
  amount: { amount: 100, currency: 'CNY' },
  description: 'Image形象店-深圳腾大-QQ公仔',
  createdAt: NOW,
  expiresAt: NOW + 900_000,
  notifyUrl: 'https://shop.example.test/api/payments/notifications/wechat_pay',
  returnUrl: 'https://shop.example.test/cashier/ord_1',
  captureMode: 'automatic',
  appId: MINI_PROGRAM,
  openid: 'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o',
  clientIp: null,
  reference: null,
  transactionId: null,
};

export const refundRequest: KnownRefund = {
  id: 'ref_01jd3kq2x4000000000000000',
  payment,
  captureTransactionId: '4200000000202611200000000001',
  amount: { amount: 40, currency: 'CNY' },
  total: { amount: 100, currency: 'CNY' },
  reason: 'too small',
  notifyUrl: payment.notifyUrl,
  providerRefundId: null,
  since: 0,
};

/** A paid trade as a query answers it. */
export const paidTrade = {
  appid: MINI_PROGRAM,
  mchid: MCHID,
  out_trade_no: payment.id,
  transaction_id: '4200000000202611200000000001',
  trade_type: 'JSAPI',
  trade_state: 'SUCCESS',
  trade_state_desc: '支付成功',
  bank_type: 'OTHERS',
  success_time: '2026-11-20T20:01:02+08:00',
  payer: { openid: 'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o' },
  amount: { total: 100, payer_total: 90, currency: 'CNY', payer_currency: 'CNY' },
};

/** A refund as the API answers it. */
export const doneRefund = {
  refund_id: '50000000382019052709732678859',
  out_refund_no: refundRequest.id,
  transaction_id: paidTrade.transaction_id,
  out_trade_no: payment.id,
  channel: 'ORIGINAL',
  status: 'SUCCESS',
  success_time: '2026-11-20T20:10:00+08:00',
  amount: { total: 100, refund: 40, payer_total: 90, payer_refund: 36, currency: 'CNY' },
};

/** A notification as it comes in, about `plain`. */
export function notificationOf(
  eventType: string,
  plain: object | string,
  by: SigningKey = publicKeyMode,
): IncomingNotification {
  const original = eventType.startsWith('REFUND') ? 'refund' : 'transaction';
  const body = JSON.stringify({
    id: 'EV-2018022511223320873',
    create_time: '2026-11-20T20:01:03+08:00',
    event_type: eventType,
    resource_type: 'encrypt-resource',
    summary: '支付成功',
    resource: {
      original_type: original,
      ...encrypt(typeof plain === 'string' ? plain : JSON.stringify(plain), original),
    },
  });
  return { headers: signedHeaders(body, NOW, by), body: Buffer.from(body), receivedAt: NOW };
}
