import { createDecipheriv, createPublicKey, createSign, createVerify, X509Certificate } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import type { Simulators } from '../src/index.ts';

export interface Answer {
  status: number;
  headers: Record<string, string | undefined>;
  bytes: Buffer;
  json: Record<string, unknown>;
}

export interface CallChanges {
  timestamp?: number;
  serialNo?: string;
  mchid?: string;
  signature?: string;
  authorization?: string;
  /** Replaces headers; undefined leaves one out. */
  headers?: Record<string, string | undefined>;
}

/** A merchant's program in the fewest lines, so that a test can break any part of a request. */
export function createMerchant(simulators: Simulators) {
  const merchant = simulators.wechatPay.merchant();

  function authorize(method: string, target: string, body: string, changes: CallChanges): string {
    const timestamp = changes.timestamp ?? Math.floor(simulators.clockView().epochMs / 1000);
    const nonce = 'nonce0123456789';
    const message = `${method}\n${target}\n${timestamp}\n${nonce}\n${body}\n`;
    const signature =
      changes.signature ??
      createSign('sha256').update(message).sign(merchant.merchantPrivateKeyPem, 'base64');
    const fields = [
      `mchid="${changes.mchid ?? merchant.mchid}"`,
      `nonce_str="${nonce}"`,
      `signature="${signature}"`,
      `timestamp="${timestamp}"`,
      `serial_no="${changes.serialNo ?? merchant.merchantSerialNo}"`,
    ];
    return changes.authorization ?? `WECHATPAY2-SHA256-RSA2048 ${fields.join(',')}`;
  }

  async function call(
    method: string,
    target: string,
    body?: Record<string, unknown> | string,
    changes: CallChanges = {},
  ): Promise<Answer> {
    const text = typeof body === 'object' ? JSON.stringify(body) : (body ?? '');
    const headers: Record<string, string | undefined> = {
      accept: 'application/json',
      'user-agent': 'test',
      'content-type': 'application/json',
      authorization: authorize(method, target, text, changes),
      ...changes.headers,
    };
    return await send(merchant.apiBaseUrl, method, target, text, headers);
  }

  /** The body of an order that is accepted as it stands. */
  function order(outTradeNo: string, changes: Record<string, unknown> = {}): Record<string, unknown> {
    return {
      appid: merchant.apps[0]?.appid,
      mchid: merchant.mchid,
      description: '绿茶',
      out_trade_no: outTradeNo,
      notify_url: 'http://127.0.0.1:9/notify',
      amount: { total: 1000, currency: 'CNY' },
      ...changes,
    };
  }

  const query = (outTradeNo: string) =>
    call('GET', `/v3/pay/transactions/out-trade-no/${outTradeNo}?mchid=${merchant.mchid}`);

  /** Places a Native order and lets the first payer pay it. */
  async function buy(outTradeNo: string, changes: Record<string, unknown> = {}): Promise<void> {
    await call('POST', '/v3/pay/transactions/native', order(outTradeNo, changes));
    simulators.wechatPay.pay({ outTradeNo });
  }

  function refund(
    outTradeNo: string,
    outRefundNo: string,
    amount: number,
    changes: Record<string, unknown> = {},
  ) {
    return call('POST', '/v3/refund/domestic/refunds', {
      out_trade_no: outTradeNo,
      out_refund_no: outRefundNo,
      amount: { refund: amount, total: 1000, currency: 'CNY' },
      ...changes,
    });
  }

  /** Whether an answer or a notification is signed by the key that its serial names. */
  function isGenuine(headers: Record<string, string | undefined>, body: string): boolean {
    const keys = new Map([[merchant.publicKeyId, createPublicKey(merchant.publicKeyPem)]]);
    for (const { serialNo, pem } of simulators.wechatPay.merchant().platformCertificates) {
      keys.set(serialNo, new X509Certificate(pem).publicKey);
    }
    const key = keys.get(headers['wechatpay-serial'] ?? '');
    const message = `${headers['wechatpay-timestamp']}\n${headers['wechatpay-nonce']}\n${body}\n`;
    const signature = headers['wechatpay-signature'] ?? '';
    return key !== undefined && createVerify('sha256').update(message).verify(key, signature, 'base64');
  }

  return {
    merchant,
    call,
    order,
    query,
    buy,
    refund,
    isGenuine,
    open: (body: string) => open(body, merchant.apiV3Key),
  };
}

/** Unseals a notification's resource. */
function open(body: string, apiV3Key: string): Record<string, unknown> {
  const { resource } = JSON.parse(body) as {
    resource: { ciphertext: string; nonce: string; associated_data: string };
  };
  return JSON.parse(unseal(resource, apiV3Key)) as Record<string, unknown>;
}

export function unseal(
  sealed: { ciphertext: string; nonce: string; associated_data: string },
  apiV3Key: string,
): string {
  const bytes = Buffer.from(sealed.ciphertext, 'base64');
  const decipher = createDecipheriv('aes-256-gcm', apiV3Key, sealed.nonce);
  decipher.setAAD(Buffer.from(sealed.associated_data));
  decipher.setAuthTag(bytes.subarray(-16));
  return Buffer.concat([decipher.update(bytes.subarray(0, -16)), decipher.final()]).toString('utf8');
}

/** node:http rather than fetch, because fetch always adds Accept and User-Agent. */
function send(
  base: string,
  method: string,
  target: string,
  body: string,
  headers: Record<string, string | undefined>,
): Promise<Answer> {
  const { hostname, port } = new URL(base);
  const given = Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined));
  return new Promise((resolve, reject) => {
    const request = httpRequest({
      hostname,
      port,
      method,
      path: target,
      headers: given as Record<string, string>,
    });
    request.on('error', reject);
    request.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('error', reject);
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const bytes = Buffer.concat(chunks);
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers as Record<string, string | undefined>,
          bytes,
          json: parse(bytes),
        });
      });
    });
    request.end(body);
  });
}

function parse(bytes: Buffer): Record<string, unknown> {
  try {
    return JSON.parse(bytes.toString('utf8')) as Record<string, unknown>;
  } catch {
    return {};
  }
}
