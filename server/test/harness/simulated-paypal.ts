/** The gateway connected to the simulator of PayPal by the real outbound client, with a listener for its webhook. */
import { expect } from 'vitest';
import type { Simulators } from '../../../simulators/src/index.ts';
import type { Gateway, KnownPayment, KnownRefund, NotificationResult } from '../../src/gateways/gateway.ts';
import { createPaypalGateway, type PaypalSettings } from '../../src/gateways/paypal/index.ts';
import type { FakeClock } from '../../src/kernel/clock.ts';
import { newId } from '../../src/kernel/ids.ts';
import { listenForNotifications } from './notification-listener.ts';
import { knownRefund, openSimulatedProvider, type SimulatorVerbs } from './simulated-provider.ts';

export interface SimulatedPaypal extends SimulatorVerbs {
  readonly clock: FakeClock;
  readonly simulators: Simulators;
  readonly gateway: Gateway;
  /** What came in at the webhook, parsed. */
  readonly received: NotificationResult[];
  newPayment(change?: Partial<KnownPayment>): KnownPayment;
  /** An order that the payer has approved. */
  openAndApprove(change?: Partial<KnownPayment>): Promise<KnownPayment & { readonly reference: string }>;
  /** One that is captured too, with the number of its capture. */
  openAndCapture(change?: Partial<KnownPayment>): Promise<{ payment: KnownPayment; captureId: string }>;
  capture(
    payment: KnownPayment,
    change?: { id?: string; amount?: number; isFinal?: boolean },
  ): ReturnType<NonNullable<Gateway['capturePayment']>>;
  refundOf(payment: KnownPayment, captureId: string, amount: number): KnownRefund;
}

/** What PayPal would have given to this merchant, as the program's settings. */
export function toPaypalEnvironment(simulators: Simulators): Record<string, string> {
  const merchant = simulators.paypal.merchant();
  return {
    PAYPAL_CLIENT_ID: merchant.clientId,
    PAYPAL_CLIENT_SECRET: merchant.clientSecret,
    PAYPAL_MERCHANT_ID: merchant.merchantId,
    PAYPAL_WEBHOOK_ID: merchant.webhookId,
    PAYPAL_WEBHOOK_CA: merchant.webhookCaPem,
    PAYPAL_BASE_URL: merchant.apiBaseUrl,
  };
}

/** As a merchant would configure it. */
export function toPaypalSettings(simulators: Simulators): PaypalSettings {
  const { apiBaseUrl, ...merchant } = simulators.paypal.merchant();
  return { ...merchant, baseUrl: apiBaseUrl };
}

function makePayment(
  clock: FakeClock,
  { captureMode }: Gateway,
  notifyUrl: string,
  changes: Partial<KnownPayment>,
): KnownPayment {
  return {
    id: newId('pay'),
    method: 'paypal',
    amount: { amount: 12_345, currency: 'USD' },
    description: 'Dragon Well 龙井 🍵',
    createdAt: clock.now(),
    expiresAt: clock.now() + 900_000,
    notifyUrl,
    returnUrl: 'https://shop.example.test/cashier/ord_1',
    captureMode,
    appId: null,
    openid: null,
    clientIp: null,
    reference: null,
    transactionId: null,
    ...changes,
  };
}

export async function openSimulatedPaypal(change: Partial<PaypalSettings> = {}): Promise<SimulatedPaypal> {
  const provider = await openSimulatedProvider('paypal', '2026-11-20T12:00:00Z');
  const { clock, outbound, simulators } = provider;
  const settings = { ...toPaypalSettings(simulators), ...change };
  const gateway = createPaypalGateway({ settings, outbound, clock });
  const listener = await listenForNotifications(clock, gateway);
  simulators.paypal.changeSettings({ webhookUrl: listener.url });

  const newPayment = (changes: Partial<KnownPayment> = {}) =>
    makePayment(clock, gateway, listener.url, changes);

  const paypal: SimulatedPaypal = {
    ...{ clock, simulators, gateway, newPayment, received: listener.received },
    async openAndApprove(changes) {
      const payment = newPayment(changes);
      const opened = await gateway.createPayment(payment);
      const reference = opened.outcome === 'requires_action' ? (opened.reference ?? '') : '';
      expect(opened).toMatchObject({ outcome: 'requires_action', parameters: { orderId: reference } });
      simulators.paypal.approve({ orderId: reference });
      return { ...payment, reference };
    },
    async openAndCapture(changes) {
      const payment = await paypal.openAndApprove(changes);
      const captured = await paypal.capture(payment);
      if (captured.outcome !== 'succeeded') {
        throw new Error(JSON.stringify(captured));
      }
      return { payment, captureId: captured.facts.transactionId };
    },
    async capture(payment, { id = newId('cap'), amount = payment.amount.amount, isFinal = true } = {}) {
      const { currency } = payment.amount;
      const request = { id, payment, amount: { amount, currency }, isFinal };
      const captured = await gateway.capturePayment?.(request);
      if (!captured) {
        throw new Error('PayPal captures');
      }
      return captured;
    },
    refundOf: (payment, captureId, amount) =>
      knownRefund(payment, amount, captureId, { reason: 'too small' }),
    ...provider.verbs(listener),
  };
  return paypal;
}
