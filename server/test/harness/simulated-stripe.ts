/** The gateway connected to the simulator of Stripe by the real outbound client, with a listener for events. */
import { expect } from 'vitest';
import type { Simulators } from '../../../simulators/src/index.ts';
import type {
  CapturePaymentResult,
  Gateway,
  KnownPayment,
  KnownRefund,
  NotificationResult,
} from '../../src/gateways/gateway.ts';
import { createStripeGateway, type StripeSettings } from '../../src/gateways/stripe/index.ts';
import type { FakeClock } from '../../src/kernel/clock.ts';
import type { Db } from '../../src/kernel/db/index.ts';
import { newId } from '../../src/kernel/ids.ts';
import { listenForNotifications } from './notification-listener.ts';
import { knownRefund, openSimulatedProvider, type SimulatorVerbs } from './simulated-provider.ts';

export interface SimulatedStripe extends SimulatorVerbs {
  readonly db: Db;
  readonly clock: FakeClock;
  readonly simulators: Simulators;
  readonly gateway: Gateway;
  /** What came in at the webhook address, parsed. */
  readonly received: NotificationResult[];
  newPayment(change?: Partial<KnownPayment>): KnownPayment;
  /** A payment that is opened; `reference` is what Stripe called it. */
  open(change?: Partial<KnownPayment>): Promise<KnownPayment>;
  /** A payment that is opened and paid. */
  openAndPay(change?: Partial<KnownPayment>): Promise<KnownPayment>;
  /** A refund of what was taken of a paid payment. */
  refundOf(payment: KnownPayment, amount: number): Promise<KnownRefund>;
  capture(payment: KnownPayment, amount: number, id?: string): Promise<CapturePaymentResult>;
}

/** What Stripe would give to this merchant. */
export function stripeSettings(simulators: Simulators): StripeSettings {
  const merchant = simulators.stripe.merchant();
  return {
    accountId: merchant.accountId,
    secretKey: merchant.secretKey,
    publishableKey: merchant.publishableKey,
    webhookSecrets: [merchant.webhookSecret],
    currencies: ['CNY', 'USD', 'EUR', 'JPY'],
    baseUrl: simulators.stripeUrl,
  };
}

function paymentsOf(clock: FakeClock, notifyUrl: string): SimulatedStripe['newPayment'] {
  return (other = {}) => ({
    id: newId('pay'),
    method: 'stripe',
    amount: { amount: 12_345, currency: 'CNY' },
    description: '龙井茶 🍵',
    createdAt: clock.now(),
    expiresAt: clock.now() + 900_000,
    notifyUrl,
    returnUrl: 'https://shop.example.com/pay/return',
    captureMode: 'automatic',
    appId: null,
    openid: null,
    clientIp: null,
    reference: null,
    transactionId: null,
    ...other,
  });
}

export async function openSimulatedStripe(change: Partial<StripeSettings> = {}): Promise<SimulatedStripe> {
  const provider = await openSimulatedProvider('stripe', '2026-11-20T12:00:00Z');
  const { db, clock, outbound, simulators } = provider;
  const gateway = createStripeGateway({
    settings: { ...stripeSettings(simulators), ...change },
    outbound,
    clock,
  });
  const listener = await listenForNotifications(clock, gateway);
  const { received } = listener;
  simulators.stripe.changeSettings({ webhookUrl: listener.url });

  const newPayment = paymentsOf(clock, listener.url);

  async function open(other: Partial<KnownPayment> = {}): Promise<KnownPayment> {
    const payment = newPayment(other);
    const opened = await gateway.createPayment(payment);
    if (opened.outcome !== 'requires_action') {
      throw new Error(JSON.stringify(opened));
    }
    return { ...payment, reference: opened.reference ?? null };
  }

  return {
    ...{ db, clock, simulators, gateway, received, newPayment, open },
    async openAndPay(other) {
      const payment = await open(other);
      const reference = payment.reference ?? '';
      expect(simulators.stripe.pay({ reference }).result).toMatch(/^(paid|held)$/);
      return payment;
    },
    async refundOf(payment, amount) {
      const paid = await gateway.queryPayment(payment);
      if (paid.outcome !== 'succeeded') {
        throw new Error(JSON.stringify(paid));
      }
      return knownRefund(payment, amount, paid.facts.transactionId);
    },
    async capture(payment, amount, id = newId('cap')) {
      if (!gateway.capturePayment) {
        throw new Error('the gateway captures nothing');
      }
      const { currency } = payment.amount;
      return gateway.capturePayment({ id, payment, amount: { amount, currency }, isFinal: true });
    },
    ...provider.verbs(listener),
  };
}
