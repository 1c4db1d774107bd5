import { describe, expect, it } from 'vitest';
import { methodsFor, readDevice } from './pay-methods.ts';

const ALL = [
  'bank_transfer',
  'cash_on_delivery',
  'credit_card',
  'paypal',
  'alipay_page',
  'alipay_qr',
  'alipay_wap',
  'wechat_app',
  'wechat_cloud',
  'wechat_h5',
  'wechat_jsapi',
  'wechat_native',
];
const DESKTOP = 'Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0';
const PHONE = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) Mobile/15E148 Safari/604.1';
const IN_WECHAT = `${PHONE} MicroMessenger/8.0.50`;

describe('the ways to pay', () => {
  it('are those that work at a desk, with codes to scan first and slow ways last', () => {
    expect(methodsFor(ALL, readDevice(DESKTOP, false))).toEqual([
      ...['wechat_native', 'alipay_qr', 'alipay_page', 'credit_card', 'paypal'],
      ...['bank_transfer', 'cash_on_delivery'],
    ]);
  });

  it('are those that open an app on a phone', () => {
    expect(methodsFor(ALL, readDevice(PHONE, false)).slice(0, 4)).toEqual([
      ...['wechat_h5', 'alipay_wap', 'wechat_native', 'alipay_qr'],
    ]);
  });

  it('begin with the payment sheet inside WeChat, where no page of Alipay opens', () => {
    expect(methodsFor(ALL, readDevice(IN_WECHAT, false))).toEqual([
      ...['wechat_jsapi', 'credit_card', 'paypal', 'bank_transfer', 'cash_on_delivery'],
    ]);
  });

  it('include WeChat accounts at a desk only where a simulated phone stands for them', () => {
    expect(methodsFor(ALL, readDevice(DESKTOP, true))).toContain('wechat_jsapi');
    expect(methodsFor(ALL, readDevice(DESKTOP, false))).not.toContain('wechat_jsapi');
  });
});
