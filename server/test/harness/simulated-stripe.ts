/** The gateway connected to the simulator of Stripe by the real outbound client, with a listener for events. */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'vitest';
import { type Simulators, startSimulators } from '../../../simulators/src/index.ts';
import type {
  CapturePaymentResult,
  Gateway,
  KnownPayment,
  KnownRefund,
  NotificationReply,
  NotificationResult,
} from '../../src/gateways/gateway.ts';
import { createStripeGateway, type StripeSettings } from '../../src/gateways/stripe/index.ts';
import { createFakeClock, type FakeClock } from '../../src/kernel/clock.ts';
import type { Db } from '../../src/kernel/db/index.ts';
import { newId } from '../../src/kernel/ids.ts';
import { silentLogger } from '../../src/kernel/log/index.ts';
import { createOutbound } from '../../src/kernel/outbound/index.ts';
import { openTestDb } from './database.ts';

export interface SimulatedStripe {
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
  /** Arms one fault of the simulator. */
  plan(operation: string, kind: string, params?: Record<string, unknown>): void;
  /** Sends every event that is due. */
  flush(): Promise<void>;
  close(): Promise<void>;
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

async function listen(clock: FakeClock, gateway: Gateway, received: NotificationResult[]) {
  async function receive(request: IncomingMessage): Promise<NotificationReply> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) {
      chunks.push(chunk as Buffer);
    }
    const notification = { headers: request.headers, body: Buffer.concat(chunks), receivedAt: clock.now() };
    const result = await gateway.parseNotification(notification);
    received.push(result);
    return gateway.replyTo(result.outcome !== 'rejected');
  }

  const server = createServer((request, response) => {
    void receive(request).then(({ status, headers, body }) => response.writeHead(status, headers).end(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/payments/notify/stripe`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
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
  const clock = createFakeClock(Date.parse('2026-11-20T12:00:00Z'));
  const db = await openTestDb({ clock });
  const outbound = createOutbound({ db, clock, log: silentLogger });
  const simulators = await startSimulators({ delivery: 'manual', now: clock.now });
  const gateway = createStripeGateway({
    settings: { ...stripeSettings(simulators), ...change },
    outbound,
    clock,
  });
  const received: NotificationResult[] = [];
  const listener = await listen(clock, gateway, received);
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
      return {
        id: newId('ref'),
        payment,
        captureTransactionId: paid.facts.transactionId,
        amount: { amount, currency: payment.amount.currency },
        total: payment.amount,
        reason: '太小 🙁',
        notifyUrl: listener.url,
        providerRefundId: null,
        since: payment.createdAt,
      };
    },
    async capture(payment, amount, id = newId('cap')) {
      if (!gateway.capturePayment) {
        throw new Error('the gateway captures nothing');
      }
      const { currency } = payment.amount;
      return gateway.capturePayment({ id, payment, amount: { amount, currency }, isFinal: true });
    },
    plan: (operation, kind, params = {}) =>
      void simulators.faults.set({ provider: 'stripe', operation, kind, params }),
    async flush() {
      await simulators.notifications.flush();
    },
    async close() {
      await listener.close();
      await simulators.close();
      await outbound.close();
      await db.close();
    },
  };
}
