import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { MINI_PROGRAM, makeGateway, OFFICIAL_ACCOUNT, payment } from '../../../test/harness/wechat-pay.ts';

const { gateway } = makeGateway();

describe('a request', () => {
  const native = { ...payment, method: 'wechat_native' as const, openid: null, appId: OFFICIAL_ACCOUNT };

  test('that fits WeChat Pay has nothing wrong', () => {
    expect(gateway.validate(payment)).toBeUndefined();
    expect(gateway.validate(native)).toBeUndefined();
  });

  test.each([
    ['another rail', { method: 'paypal' as const }, 'does not offer'],
    ['a method named like a property of every object', { method: 'toString' as 'paypal' }, 'does not offer'],
    ['a currency that is not CNY', { amount: { amount: 100, currency: 'USD' } }, 'only CNY'],
    ['an amount of nothing', { amount: { amount: 0, currency: 'CNY' } }, 'at least'],
    ['an amount that is no whole number', { amount: { amount: 1.5, currency: 'CNY' } }, 'at least'],
    ['an app of another merchant', { appId: 'wxother' }, 'not bound'],
    ['no app', { appId: null }, 'not bound'],
    ['no openid', { openid: null }, 'login through WeChat'],
    ['a number that is too long', { id: `pay_${'0'.repeat(29)}` }, 'does not fit'],
    ['a number with other characters', { id: 'pay|000000' }, 'does not fit'],
    ['a notification address with a query', { notifyUrl: 'https://shop.example.test/n?a=1' }, 'no query'],
    ['a notification address that is too long', { notifyUrl: `https://x.test/${'n'.repeat(250)}` }, '255'],
  ])('with %s is refused before anything is sent', (_name, change, message) => {
    const problem = gateway.validate({ ...payment, ...change });
    expect(problem?.en).toContain(message);
    expect(problem?.zh).toMatch(/\p{Script=Han}/u);
  });

  test('that was never validated is a defect of the caller', async () => {
    await expect(gateway.createPayment({ ...payment, appId: null })).rejects.toThrow('not validated');
  });
});

test('where no openid decides, the app is one of the kind that fits the method best', () => {
  expect(gateway.appFor('wechat_native')).toBe(OFFICIAL_ACCOUNT);
  expect(gateway.appFor('wechat_jsapi')).toBe(MINI_PROGRAM);
  expect(gateway.appFor('paypal')).toBeNull();
});

test('it sells every kind of goods, in CNY only', () => {
  expect(gateway.capabilities.methods.map(({ method }) => method)).toEqual([
    'wechat_jsapi',
    'wechat_native',
    'wechat_h5',
  ]);
  for (const method of gateway.capabilities.methods) {
    expect(method.currencies).toEqual(['CNY']);
    expect(method.kinds).toEqual(['goods', 'coins', 'topup']);
  }
  expect(gateway.feeBasisPoints).toBe(60);
});

describe('the configuration', () => {
  test('is refused with everything that is wrong with it at once, and without a secret', () => {
    const make = () =>
      makeGateway({
        mchid: 'mine',
        apiV3Key: 'too short a key',
        privateKeyPem: 'no pem',
        publicKey: { id: 'KEY_1', pem: 'no pem' },
        platformCertificatePems: ['no pem'],
        apps: [],
      });
    expect(make).toThrow(
      /mchid.*privateKeyPem.*apiV3Key.*publicKey\.id.*publicKey\.pem.*platformCertificatePems\.0.*apps/s,
    );
    expect(make).not.toThrow(/too short a key/);
  });

  test('is refused with keys that are not RSA or too small', () => {
    const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({
      type: 'pkcs8',
      format: 'pem',
    });
    const small = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey.export({
      type: 'pkcs8',
      format: 'pem',
    });
    for (const pem of [ec, small]) {
      expect(() => makeGateway({ privateKeyPem: pem.toString() })).toThrow('privateKeyPem');
    }
  });
});
