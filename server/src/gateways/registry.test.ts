import { expect, test } from 'vitest';
import { makeGateway } from '../../test/harness/wechat-pay.ts';
import type { Gateway } from './gateway.ts';
import { createGatewayRegistry } from './registry.ts';

const { gateway } = makeGateway();
const named = (provider: string, methods = gateway.capabilities.methods): Gateway => ({
  ...gateway,
  capabilities: { ...gateway.capabilities, provider, methods },
});

test('a gateway is found by its provider and by each way to pay that it offers', () => {
  const registry = createGatewayRegistry([gateway]);
  expect(registry.byProvider('wechat_pay')).toBe(gateway);
  expect(registry.byMethod('wechat_native')).toBe(gateway);
  expect(registry.byMethod('paypal')).toBeUndefined();
  expect(registry.byProvider('toString')).toBeUndefined();
  expect(registry.methods).toEqual(['wechat_jsapi', 'wechat_native', 'wechat_h5']);
});

test('two gateways of one provider, or of one way to pay, are refused at start', () => {
  expect(() => createGatewayRegistry([gateway, named('wechat_pay', [])])).toThrow(
    'wechat_pay is registered twice',
  );
  expect(() => createGatewayRegistry([gateway, named('other')])).toThrow(
    'wechat_jsapi is offered by wechat_pay and by other',
  );
});
