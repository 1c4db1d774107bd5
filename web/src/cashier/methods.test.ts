import { describe, expect, it } from 'vitest';
import { hasFailedTry, liveAttempt, methodsFor, readDevice } from './methods.ts';

const ALL = [
  'bank_transfer',
  'cash_on_delivery',
  'credit_card',
  'paypal',
  'alipay_page',
  'alipay_qr',
  'alipay_wap',
  'wechat_app',
  'wechat_h5',
  'wechat_jsapi',
  'wechat_native',
];
const order = {
  paymentMethods: ALL.map((method) => ({
    method,
    needsOpenid: method === 'wechat_jsapi',
    settlement: 'online' as const,
  })),
};
const DESKTOP = 'Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0';
const PHONE = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) Mobile/15E148 Safari/604.1';
const IN_WECHAT = `${PHONE} MicroMessenger/8.0.50`;

describe('the ways to pay', () => {
  it('are those that work at a desk, with codes to scan first and slow ways last', () => {
    expect(methodsFor(order, readDevice(DESKTOP, false))).toEqual([
      ...['wechat_native', 'alipay_qr', 'alipay_page', 'credit_card', 'paypal'],
      ...['bank_transfer', 'cash_on_delivery'],
    ]);
  });

  it('are those that open an app on a phone', () => {
    expect(methodsFor(order, readDevice(PHONE, false)).slice(0, 4)).toEqual([
      ...['wechat_h5', 'alipay_wap', 'wechat_native', 'alipay_qr'],
    ]);
  });

  it('begin with the payment sheet inside WeChat, where no page of Alipay opens', () => {
    expect(methodsFor(order, readDevice(IN_WECHAT, false))).toEqual([
      ...['wechat_jsapi', 'credit_card', 'paypal', 'bank_transfer', 'cash_on_delivery'],
    ]);
  });

  it('include WeChat accounts at a desk only where a simulated phone stands for them', () => {
    expect(methodsFor(order, readDevice(DESKTOP, true))).toContain('wechat_jsapi');
    expect(methodsFor(order, readDevice(DESKTOP, false))).not.toContain('wechat_jsapi');
  });
});

describe('what was begun', () => {
  const attempt = (status: string, method = 'bank_transfer') => ({
    ...{ id: `pay_${status}`, status, method, provider: 'bank', amount: 1, currency: 'CNY' },
    ...{ isSurplus: false, reason: null, transactionId: null, paidAt: null },
    ...{ createdAt: '2026-01-01T00:00:00.000Z', expiresAt: '2026-01-01T00:15:00.000Z' },
  });

  it('is the newest attempt that can still be paid', () => {
    expect(
      liveAttempt({ payments: [attempt('pending', 'a'), attempt('closed'), attempt('failed')] })?.method,
    ).toBe('a');
    expect(liveAttempt({ payments: [attempt('closed')] })).toBeUndefined();
  });

  it('came to nothing when the newest attempt failed', () => {
    expect(hasFailedTry({ payments: [attempt('pending'), attempt('failed')] })).toBe(true);
    expect(hasFailedTry({ payments: [attempt('failed'), attempt('pending')] })).toBe(false);
  });
});
