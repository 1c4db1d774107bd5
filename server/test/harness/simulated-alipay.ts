/** The gateway connected to the simulator of Alipay by the real outbound client, with a listener for notifications. */
import { expect } from 'vitest';
import type { Simulators } from '../../../simulators/src/index.ts';
import { type AlipaySettings, createAlipayGateway } from '../../src/gateways/alipay/index.ts';
import type {
  ClientParameters,
  Gateway,
  KnownPayment,
  KnownRefund,
  NotificationResult,
} from '../../src/gateways/gateway.ts';
import type { FakeClock } from '../../src/kernel/clock.ts';
import type { Db } from '../../src/kernel/db/index.ts';
import { newId } from '../../src/kernel/ids.ts';
import type { Outbound } from '../../src/kernel/outbound/index.ts';
import { listenForNotifications } from './notification-listener.ts';
import { knownRefund, openSimulatedProvider, type SimulatorVerbs } from './simulated-provider.ts';

export type AlipayKeyMode = 'key' | 'certificate';

export interface SimulatedAlipay extends SimulatorVerbs {
  readonly db: Db;
  readonly clock: FakeClock;
  readonly simulators: Simulators;
  readonly outbound: Outbound;
  readonly gateway: Gateway;
  /** What came in at the notification address, parsed. */
  readonly received: NotificationResult[];
  newPayment(change?: Partial<KnownPayment>): KnownPayment;
  /** Opens an attempt; answers what the payer's device gets. */
  open(payment: KnownPayment): Promise<ClientParameters>;
  /** A payment by code that is opened and paid. */
  openAndPay(change?: Partial<KnownPayment>): Promise<KnownPayment>;
  refundOf(payment: KnownPayment, amount: number): KnownRefund;
}

/** As a merchant would be configured whose app is set up in this key mode. */
export function alipaySettingsOf(simulators: Simulators): AlipaySettings {
  const merchant = simulators.alipay.merchant();
  return {
    appId: merchant.appId,
    sellerId: merchant.sellerId,
    privateKey: merchant.appPrivateKeyPem,
    verification:
      merchant.keyMode === 'key'
        ? { mode: 'key', alipayPublicKey: merchant.alipayPublicKeyPem }
        : {
            mode: 'certificate',
            appCertificatePem: merchant.appCertificatePem,
            alipayCertificatesPem: merchant.alipayCertificatesPem,
            rootCertificatesPem: merchant.rootCertificatesPem,
          },
    gatewayUrl: merchant.gatewayUrl,
  };
}

export async function openSimulatedAlipay(keyMode: AlipayKeyMode = 'certificate'): Promise<SimulatedAlipay> {
  const provider = await openSimulatedProvider('alipay', '2026-11-20T04:00:00Z');
  const { db, clock, outbound, simulators } = provider;
  simulators.alipay.changeSettings({ keyMode });
  const gateway = createAlipayGateway({ settings: alipaySettingsOf(simulators), outbound, clock });
  const listener = await listenForNotifications(clock, gateway);
  const { received } = listener;

  const newPayment = (change: Partial<KnownPayment> = {}): KnownPayment => ({
    id: newId('pay'),
    method: 'alipay_qr',
    amount: { amount: 12_345, currency: 'CNY' },
    description: '龙井茶 🍵 50% & more / tea=leaf',
    createdAt: clock.now(),
    expiresAt: clock.now() + 900_000,
    notifyUrl: listener.url,
    returnUrl: 'https://shop.example.test/orders/1',
    captureMode: 'automatic',
    appId: gateway.appFor('alipay_qr'),
    openid: null,
    clientIp: null,
    reference: null,
    transactionId: null,
    ...change,
  });
  async function open(payment: KnownPayment): Promise<ClientParameters> {
    const opened = await gateway.createPayment(payment);
    if (opened.outcome !== 'requires_action') {
      throw new Error(JSON.stringify(opened));
    }
    return opened.parameters;
  }

  return {
    ...{ db, clock, simulators, outbound, gateway, received, newPayment, open },
    async openAndPay(change) {
      const payment = newPayment(change);
      expect(simulators.alipay.pay(await open(payment)).result).toBe('paid');
      return payment;
    },
    refundOf: (payment, amount) => knownRefund(payment, amount, '2026112022001'),
    ...provider.verbs(listener),
  };
}
