import type { Gateway } from './gateways/gateway.ts';
import { createGatewayRegistry, type GatewayRegistry } from './gateways/registry.ts';
import type { Config } from './kernel/config/index.ts';
import type { Kernel } from './open-kernel.ts';

/** The code of each provider; loaded only where it is configured. */
const load = {
  wechatPay: () => import('./gateways/wechat-pay/index.ts'),
  alipay: () => import('./gateways/alipay/index.ts'),
  stripe: () => import('./gateways/stripe/index.ts'),
  paypal: () => import('./gateways/paypal/index.ts'),
  bankTransfer: () => import('./gateways/bank-transfer/index.ts'),
  cashOnDelivery: () => import('./gateways/cash-on-delivery/index.ts'),
};

/** Loads the code of all providers ahead of their configuration. */
export async function loadGateways(): Promise<void> {
  await Promise.all(Object.values(load).map((loadOne) => loadOne()));
}

/** The payment providers that the configuration names. The code of the others is not even loaded. */
export async function createGateways(kernel: Kernel, config: Config): Promise<GatewayRegistry> {
  const gateways: Gateway[] = [];
  if (config.wechatPay !== null) {
    const { createWechatPayGateway } = await load.wechatPay();
    const settings = { ...config.wechatPay, apps: [...config.wechat.apps] };
    gateways.push(createWechatPayGateway({ settings, ...kernel }));
  }
  if (config.wechatCloudPay !== null) {
    const { createWechatCloudGateway } = await import('./gateways/wechat-cloud/index.ts');
    const settings = { ...config.wechatCloudPay, apps: [...config.wechat.knownApps] };
    gateways.push(createWechatCloudGateway({ settings, ...kernel }));
  }
  if (config.bankTransfer !== null) {
    const { createBankTransferGateway } = await load.bankTransfer();
    gateways.push(createBankTransferGateway(config.bankTransfer));
  }
  if (config.cashOnDelivery !== null) {
    const { createCashOnDeliveryGateway } = await load.cashOnDelivery();
    gateways.push(createCashOnDeliveryGateway(config.cashOnDelivery));
  }
  if (config.alipay !== null) {
    const { createAlipayGateway } = await load.alipay();
    gateways.push(createAlipayGateway({ settings: config.alipay, ...kernel }));
  }
  if (config.stripe !== null) {
    const { createStripeGateway } = await load.stripe();
    const { webhookSecrets, currencies, ...rest } = config.stripe;
    const settings = { ...rest, webhookSecrets: [...webhookSecrets], currencies: [...currencies] };
    gateways.push(createStripeGateway({ settings, ...kernel }));
  }
  if (config.paypal !== null) {
    const { createPaypalGateway } = await load.paypal();
    gateways.push(createPaypalGateway({ settings: config.paypal, ...kernel }));
  }
  return createGatewayRegistry(gateways);
}
