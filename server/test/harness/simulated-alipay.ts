/** The gateway connected to the simulator of Alipay by the real outbound client, with a listener for notifications. */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'vitest';
import { type Simulators, startSimulators } from '../../../simulators/src/index.ts';
import { type AlipaySettings, createAlipayGateway } from '../../src/gateways/alipay/index.ts';
import type {
  ClientParameters,
  Gateway,
  KnownPayment,
  KnownRefund,
  NotificationReply,
  NotificationResult,
} from '../../src/gateways/gateway.ts';
import { createFakeClock, type FakeClock } from '../../src/kernel/clock.ts';
import type { Db } from '../../src/kernel/db/index.ts';
import { newId } from '../../src/kernel/ids.ts';
import { silentLogger } from '../../src/kernel/log/index.ts';
import { createOutbound, type Outbound } from '../../src/kernel/outbound/index.ts';
import { openTestDb } from './database.ts';

export type AlipayKeyMode = 'key' | 'certificate';

export interface SimulatedAlipay {
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
  /** Arms one fault of the simulator. */
  plan(operation: string, kind: string, params?: Record<string, unknown>): void;
  /** Sends every notification that is due. */
  flush(): Promise<void>;
  close(): Promise<void>;
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

async function listen(clock: FakeClock, gateway: Gateway, received: NotificationResult[]) {
  async function receive(request: IncomingMessage): Promise<NotificationReply> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) {
      chunks.push(chunk as Buffer);
    }
    const notification = { headers: request.headers, body: Buffer.concat(chunks), receivedAt: clock.now() };
    const result = await gateway.parseNotification(notification);
    received.push(result);
    return gateway.replyTo(result.outcome === 'verified');
  }

  const server = createServer((request, response) => {
    void receive(request).then(({ status, headers, body }) => response.writeHead(status, headers).end(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/notifications/alipay`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export async function openSimulatedAlipay(keyMode: AlipayKeyMode = 'certificate'): Promise<SimulatedAlipay> {
  const clock = createFakeClock(Date.parse('2026-11-20T04:00:00Z'));
  const db = await openTestDb({ clock });
  const outbound = createOutbound({ db, clock, log: silentLogger });
  const simulators = await startSimulators({ delivery: 'manual', now: clock.now });
  simulators.alipay.changeSettings({ keyMode });
  const gateway = createAlipayGateway({ settings: alipaySettingsOf(simulators), outbound, clock });
  const received: NotificationResult[] = [];
  const listener = await listen(clock, gateway, received);

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
    refundOf: (payment, amount) => ({
      id: newId('ref'),
      payment,
      captureTransactionId: '2026112022001',
      amount: { amount, currency: 'CNY' },
      total: payment.amount,
      reason: '太小 🙁',
      notifyUrl: listener.url,
      providerRefundId: null,
      since: payment.createdAt,
    }),
    plan: (operation, kind, params = {}) =>
      void simulators.faults.set({ provider: 'alipay', operation, kind, params }),
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
