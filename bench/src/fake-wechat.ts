/** As much of WeChat Pay as a measurement of notifications needs: signed prepay answers, and notifications signed beforehand. */
import { createCipheriv, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { PreparedRequest } from './load/request.ts';

const API_V3_KEY = randomBytes(16).toString('hex');
const PUBLIC_KEY_ID = 'PUB_KEY_ID_0000000000000000000000000001';
const MCHID = '1900000001';
const APPID = 'wxbench000000000001';

export interface FakeWechat {
  /** What the merchant would have been given. */
  readonly environment: Readonly<Record<string, string>>;
  notification(trade: {
    readonly id: string;
    readonly amount: number;
    readonly index: number;
  }): PreparedRequest;
  close(): Promise<void>;
}

function rsaKeys(): { publicKey: KeyObject; privateKey: KeyObject } {
  return generateKeyPairSync('rsa', { modulusLength: 2_048 });
}

function signMessage(key: KeyObject, body: string): Record<string, string> {
  const timestamp = String(Math.floor(Date.now() / 1_000));
  const nonce = randomBytes(16).toString('hex');
  const signature = sign('sha256', Buffer.from(`${timestamp}\n${nonce}\n${body}\n`), key).toString('base64');
  return {
    'Wechatpay-Timestamp': timestamp,
    'Wechatpay-Nonce': nonce,
    'Wechatpay-Signature': signature,
    'Wechatpay-Serial': PUBLIC_KEY_ID,
  };
}

function encrypt(plain: string): { nonce: string; ciphertext: string } {
  const nonce = randomBytes(6).toString('hex');
  const cipher = createCipheriv('aes-256-gcm', Buffer.from(API_V3_KEY), Buffer.from(nonce));
  cipher.setAAD(Buffer.from('transaction'));
  const ciphertext = Buffer.concat([
    cipher.update(plain, 'utf8'),
    cipher.final(),
    cipher.getAuthTag(),
  ]).toString('base64');
  return { nonce, ciphertext };
}

function toBody(trade: { readonly id: string; readonly amount: number; readonly index: number }): string {
  const plain = JSON.stringify({
    mchid: MCHID,
    appid: APPID,
    out_trade_no: trade.id,
    transaction_id: `42000${String(trade.index).padStart(23, '0')}`,
    trade_type: 'NATIVE',
    trade_state: 'SUCCESS',
    trade_state_desc: '支付成功',
    bank_type: 'OTHERS',
    success_time: new Date().toISOString().replace(/\.\d+Z$/, '+00:00'),
    payer: { openid: `bench-openid-${trade.index}` },
    amount: { total: trade.amount, payer_total: trade.amount, currency: 'CNY', payer_currency: 'CNY' },
  });
  return JSON.stringify({
    id: `bench-${trade.index}-${randomBytes(4).toString('hex')}`,
    create_time: new Date().toISOString(),
    event_type: 'TRANSACTION.SUCCESS',
    resource_type: 'encrypt-resource',
    summary: '支付成功',
    resource: {
      original_type: 'transaction',
      algorithm: 'AEAD_AES_256_GCM',
      associated_data: 'transaction',
      ...encrypt(plain),
    },
  });
}

/** Starts it on loopback. */
export async function startFakeWechat(): Promise<FakeWechat> {
  const platform = rsaKeys();
  const merchant = rsaKeys();
  let prepared = 0;
  const server = createServer((request, response) => {
    request.resume().once('end', () => {
      prepared += 1;
      const body = JSON.stringify({ code_url: `weixin://wxpay/bizpayurl?pr=bench${prepared}` });
      response
        .writeHead(200, { 'content-type': 'application/json', ...signMessage(platform.privateKey, body) })
        .end(body);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    environment: {
      WX_APPID: JSON.stringify([{ appid: APPID, secret: 'bench-secret', kind: 'mini_program' }]),
      WX_PAY_MCHID: MCHID,
      WX_PAY_MERCHANT_SERIAL_NO: 'BE6CDA7A5931FA0',
      WX_PAY_PRIVATE_KEY: merchant.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
      WX_PAY_API_V3_KEY: API_V3_KEY,
      WX_PAY_PUBLIC_KEY_ID: PUBLIC_KEY_ID,
      WX_PAY_PUBLIC_KEY: platform.publicKey.export({ type: 'spki', format: 'pem' }) as string,
      WX_PAY_BASE_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    },
    notification(trade) {
      const body = toBody(trade);
      const headers = { 'content-type': 'application/json', ...signMessage(platform.privateKey, body) };
      return { method: 'POST', path: '/payments/notify/wechat_pay', headers, body };
    },
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
