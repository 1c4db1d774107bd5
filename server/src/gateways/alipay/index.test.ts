import { generateKeyPairSync, verify } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { createFakeClock } from '../../kernel/clock.ts';
import type { Outbound } from '../../kernel/outbound/index.ts';
import type { PaymentRequest } from '../gateway.ts';
import { type AlipaySettings, createAlipayGateway } from './index.ts';
import { signedText } from './sign.ts';

const NOW = Date.parse('2026-11-20T12:00:00Z');
const app = generateKeyPairSync('rsa', { modulusLength: 2048 });
const PKCS8 = { type: 'pkcs8', format: 'der' } as const;
const PKCS1 = { type: 'pkcs1', format: 'der' } as const;

const settings: AlipaySettings = {
  appId: '2021000000000001',
  sellerId: '2088102177891122',
  privateKey: app.privateKey.export(PKCS8).toString('base64'),
  verification: {
    mode: 'key',
    alipayPublicKey: app.publicKey.export({ type: 'spki', format: 'der' }).toString('base64'),
  },
  gatewayUrl: 'https://pay.example.test/gateway.do',
};
const outbound: Outbound = {
  call: () => Promise.reject(new Error('nothing may be called')),
  close: () => Promise.resolve(),
};
const makeGateway = (change: Partial<AlipaySettings> = {}) =>
  createAlipayGateway({ settings: { ...settings, ...change }, outbound, clock: createFakeClock(NOW) });

const payment: PaymentRequest = {
  id: 'pay_01jd3kq2x4000000000000000',
  method: 'alipay_page',
  amount: { amount: 1_234, currency: 'CNY' },
  description: '茶/a=b & c 🍵',
  createdAt: NOW,
  expiresAt: NOW + 900_000,
  notifyUrl: 'https://shop.example.test/api/payments/notify/alipay',
  returnUrl: 'https://shop.example.test/orders/1?a=1&b=2',
  captureMode: 'automatic',
  appId: settings.appId,
  openid: null,
  clientIp: null,
};

describe('a page', () => {
  test.each([
    ['alipay_page', 'alipay.trade.page.pay', 'FAST_INSTANT_TRADE_PAY'],
    ['alipay_wap', 'alipay.trade.wap.pay', 'QUICK_WAP_WAY'],
  ] as const)(
    'by %s is an address that we have signed, and nothing is called',
    async (method, call, product) => {
      const opened = await makeGateway().createPayment({ ...payment, method });
      if (opened.outcome !== 'requires_action') {
        throw new Error(opened.outcome);
      }
      const url = new URL(opened.parameters.redirectUrl ?? '');
      expect(url.origin + url.pathname).toBe(settings.gatewayUrl);
      const { sign = '', ...parameters } = Object.fromEntries(url.searchParams);
      expect(parameters).toMatchObject({
        app_id: settings.appId,
        method: call,
        charset: 'utf-8',
        sign_type: 'RSA2',
        timestamp: '2026-11-20 20:00:00',
        notify_url: payment.notifyUrl,
        return_url: payment.returnUrl,
      });
      expect(JSON.parse(parameters.biz_content ?? '')).toMatchObject({
        out_trade_no: payment.id,
        total_amount: '12.34',
        subject: '茶 a b c',
        time_expire: '2026-11-20 20:15:00',
        product_code: product,
      });
      const text = Buffer.from(signedText(parameters));
      expect(verify('sha256', text, app.publicKey, Buffer.from(sign, 'base64'))).toBe(true);
    },
  );

  test('that is asked for again is the same to the byte', async () => {
    const gateway = makeGateway();
    expect(await gateway.createPayment(payment)).toEqual(await gateway.createPayment(payment));
  });
});

test('the signed text leaves out the signature and what is empty, and sorts by bytes', () => {
  expect(signedText({ b: '2', sign: 'x', a: '', sign_type: 'RSA2', B: 'é=&' })).toBe(
    'B=é=&&b=2&sign_type=RSA2',
  );
});

describe('a request', () => {
  const gateway = makeGateway();

  test('that fits Alipay has nothing wrong', () => {
    for (const method of ['alipay_qr', 'alipay_page', 'alipay_wap'] as const) {
      expect(gateway.validate({ ...payment, method })).toBeUndefined();
    }
  });

  test.each([
    ['another rail', { method: 'paypal' as const }, 'does not offer'],
    ['a method named like a property of every object', { method: 'toString' as 'paypal' }, 'does not offer'],
    ['a currency that is not CNY', { amount: { amount: 100, currency: 'USD' } }, 'only CNY'],
    ['an amount of nothing', { amount: { amount: 0, currency: 'CNY' } }, '0.01'],
    ['an amount beyond the limit', { amount: { amount: 10_000_000_001, currency: 'CNY' } }, '100,000,000'],
    ['an app of another merchant', { appId: '2021999999999999' }, 'not the merchant'],
    ['a number with other characters', { id: 'pay|1' }, 'does not fit'],
    ['money that is only to be held', { captureMode: 'manual' as const }, 'can not hold'],
    ['a return address that is too long', { returnUrl: `https://x.test/${'n'.repeat(250)}` }, '256'],
  ])('with %s is refused before anything is sent', (_name, change, message) => {
    const problem = gateway.validate({ ...payment, ...change });
    expect(problem?.en).toContain(message);
    expect(problem?.zh).toMatch(/\p{Script=Han}/u);
  });
});

describe('the configuration', () => {
  test('takes keys as PEM and as the bare base64 of PKCS #8 or PKCS #1', async () => {
    const pem = app.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    for (const privateKey of [pem, app.privateKey.export(PKCS1).toString('base64')]) {
      expect(await makeGateway({ privateKey }).createPayment(payment)).toEqual(
        await makeGateway().createPayment(payment),
      );
    }
  });

  test('is refused with everything that is wrong with it at once, and without a secret', () => {
    const small = generateKeyPairSync('rsa', { modulusLength: 1024 })
      .privateKey.export(PKCS8)
      .toString('base64');
    const make = () =>
      makeGateway({
        appId: 'mine',
        sellerId: '1',
        privateKey: small,
        verification: {
          mode: 'certificate',
          appCertificatePem: 'no pem',
          alipayCertificatesPem: 'no pem',
          rootCertificatesPem: 'no pem',
        },
      });
    expect(make).toThrow(
      /appId.*sellerId.*privateKey.*appCertificatePem.*alipayCertificatesPem.*rootCertificatesPem/s,
    );
    expect(make).not.toThrow(small);
  });
});
