import { createPublicKey, verify, X509Certificate } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { NOW, publicKeyMode, signedHeaders } from '../../../test/harness/wechat-pay.ts';
import notification from './vectors/wechat-notify.json' with { type: 'json' };
import vectors from './vectors/wechat-pay.json' with { type: 'json' };
import { type SignedMessage, signedBytes, verifyMessage } from './verify.ts';

const platformKey = createPublicKey(publicKeyMode.key);
const findKey = (serial: string) => (serial === publicKeyMode.serial ? platformKey : undefined);

function message(
  overrides: Partial<SignedMessage> & { changed?: Record<string, string | string[]> } = {},
): SignedMessage {
  const { changed, ...rest } = overrides;
  return {
    headers: { ...signedHeaders('{"a":1}', NOW), ...changed },
    body: Buffer.from('{"a":1}'),
    receivedAt: NOW,
    ...rest,
  };
}

describe('the documented vectors', () => {
  test('the signature of an answer holds', () => {
    const vector = vectors.vectors.find(({ name }) => name === 'response verify');
    const body = Buffer.from('{"code_url":"weixin://wxpay/bizpayurl?pr=JyC91EIz1"}');
    const bytes = signedBytes('1722850421', 'd824f2e086d3c1df967785d13fcd22ef', body);
    const key = createPublicKey(vector?.public_key_pem ?? '');
    expect(verify('sha256', bytes, key, Buffer.from(vector?.signature ?? '', 'base64'))).toBe(true);
  });

  test('the signature of a notification holds under its platform certificate', async () => {
    const key = new X509Certificate(notification.platform_certificate_pem).publicKey;
    const headers = Object.fromEntries(
      Object.entries(notification.headers).map(([name, value]) => [name.toLowerCase(), value]),
    );
    const received = { headers, body: Buffer.from(notification.body), receivedAt: 1_624_523_846_000 };
    const find = (serial: string) => (serial === 'D7CE59D1F522D701' ? key : undefined);
    expect(await verifyMessage(received, find)).toEqual({ isValid: true });
    const changed = Buffer.from(notification.body.replace('签约成功', '签约失败'));
    expect(await verifyMessage({ ...received, body: changed }, find)).toEqual({
      isValid: false,
      reason: 'bad_signature',
    });
  });
});

describe('a message', () => {
  test('that is signed, fresh and unchanged is valid', async () => {
    expect(await verifyMessage(message(), findKey)).toEqual({ isValid: true });
  });

  test('without a body is verified over an empty line', async () => {
    const empty = { headers: signedHeaders('', NOW), body: Buffer.alloc(0), receivedAt: NOW };
    expect(await verifyMessage(empty, findKey)).toEqual({ isValid: true });
  });

  test('with any byte of its body changed is not valid', async () => {
    for (const body of ['{"a":2}', '{"a":1} ', '{"a":1', '']) {
      expect(await verifyMessage(message({ body: Buffer.from(body) }), findKey)).toEqual({
        isValid: false,
        reason: 'bad_signature',
      });
    }
  });

  test('that lacks one of the four headers, or has one twice, counts as unsigned', async () => {
    for (const name of ['timestamp', 'nonce', 'serial', 'signature']) {
      for (const value of ['', ['a', 'b']]) {
        const changed = { [`wechatpay-${name}`]: value };
        expect(await verifyMessage(message({ changed }), findKey)).toEqual({
          isValid: false,
          reason: 'unsigned',
        });
      }
    }
  });

  test('is stale from five minutes on, in both directions', async () => {
    const stale = { isValid: false, reason: 'stale' };
    expect(await verifyMessage(message({ receivedAt: NOW + 299_000 }), findKey)).toEqual({ isValid: true });
    expect(await verifyMessage(message({ receivedAt: NOW + 300_000 }), findKey)).toEqual(stale);
    expect(await verifyMessage(message({ receivedAt: NOW - 299_000 }), findKey)).toEqual({ isValid: true });
    expect(await verifyMessage(message({ receivedAt: NOW - 300_000 }), findKey)).toEqual(stale);
    for (const timestamp of ['soon', '-1', '1e9', '99999999999999999']) {
      const changed = { 'wechatpay-timestamp': timestamp };
      expect(await verifyMessage(message({ changed }), findKey)).toEqual(stale);
    }
  });

  test('under a serial number that we have no key for is not valid', async () => {
    const changed = { 'wechatpay-serial': 'PUB_KEY_ID_0000' };
    expect(await verifyMessage(message({ changed }), findKey)).toEqual({
      isValid: false,
      reason: 'unknown_serial',
    });
  });

  test("that carries WeChat Pay's probe is refused as such", async () => {
    const changed = { 'wechatpay-signature': 'WECHATPAY/SIGNTEST/Zm9vYmFy' };
    expect(await verifyMessage(message({ changed }), findKey)).toEqual({
      isValid: false,
      reason: 'signature_probe',
    });
  });

  test('with a signature that is no signature at all is not valid', async () => {
    for (const signature of ['!', 'AAAA', 'A'.repeat(10_000)]) {
      const changed = { 'wechatpay-signature': signature };
      expect(await verifyMessage(message({ changed }), findKey)).toEqual({
        isValid: false,
        reason: 'bad_signature',
      });
    }
  });
});
