/** The gateway of cloud calls connected to the simulator by the real outbound client, with a listener for callbacks. */
import { expect } from 'vitest';
import { type Simulators, startSimulators } from '../../../simulators/src/index.ts';
import type { Gateway, KnownPayment, KnownRefund, NotificationResult } from '../../src/gateways/gateway.ts';
import { createWechatCloudGateway } from '../../src/gateways/wechat-cloud/index.ts';
import { createFakeClock, type FakeClock } from '../../src/kernel/clock.ts';
import { newId } from '../../src/kernel/ids.ts';
import { silentLogger } from '../../src/kernel/log/index.ts';
import { createOutbound, type Outbound } from '../../src/kernel/outbound/index.ts';
import { openTestDb } from './database.ts';
import { knownPayment } from './known-payment.ts';
import { listenForNotifications } from './notification-listener.ts';

export interface SimulatedWechatCloud {
  readonly clock: FakeClock;
  readonly simulators: Simulators;
  readonly gateway: Gateway;
  /** Of a payer at the environment's app. */
  readonly openid: string;
  /** What came in at the service, parsed. */
  readonly received: NotificationResult[];
  newPayment(change?: Partial<KnownPayment>): KnownPayment;
  /** A payment that is opened and paid. */
  openAndPay(): Promise<KnownPayment>;
  refundOf(payment: KnownPayment, amount: number): KnownRefund;
  /** Arms one fault of the simulator. */
  plan(operation: string, kind: string, params?: Record<string, unknown>): void;
  /** Brings every callback that is due. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

function connect(simulators: Simulators, clock: FakeClock, outbound: Outbound): Gateway {
  const { subMchid, envId, service, apps, apiBaseUrl } = simulators.wechatCloud.merchant();
  return createWechatCloudGateway({
    settings: { subMchid, envId, service, apps: apps.map(({ appid }) => ({ appid })), baseUrl: apiBaseUrl },
    outbound,
    clock,
  });
}

export async function openSimulatedWechatCloud(): Promise<SimulatedWechatCloud> {
  // Eight in the evening at Beijing.
  const clock = createFakeClock(Date.parse('2026-11-20T12:00:00Z'));
  const db = await openTestDb({ clock });
  const outbound = createOutbound({ db, clock, log: silentLogger });
  const simulators = await startSimulators({ delivery: 'manual', now: clock.now });
  const gateway = connect(simulators, clock, outbound);
  const listener = await listenForNotifications(clock, gateway);
  simulators.wechatCloud.changeSettings({ serviceUrl: new URL(listener.url).origin });
  const appid = simulators.wechatCloud.merchant().apps[0]?.appid ?? '';
  const openid = simulators.payers.create().openids[appid] ?? '';

  const newPayment = (change: Partial<KnownPayment> = {}) =>
    knownPayment({
      ...{ method: 'wechat_cloud', createdAt: clock.now(), notifyUrl: listener.url },
      ...{ appId: appid, openid },
      ...change,
    });

  return {
    ...{ clock, simulators, gateway, openid, newPayment },
    received: listener.received,
    async openAndPay() {
      const payment = newPayment();
      expect(await gateway.createPayment(payment)).toMatchObject({ outcome: 'requires_action' });
      expect(simulators.wechatCloud.pay({ outTradeNo: payment.id }).result).toBe('paid');
      return payment;
    },
    refundOf: (payment, amount) => ({
      id: newId('ref'),
      payment,
      captureTransactionId: '4200000000202611200000000001',
      amount: { amount, currency: 'CNY' },
      total: payment.amount,
      reason: '太小 🙁',
      notifyUrl: listener.url,
      providerRefundId: null,
      since: clock.now(),
    }),
    plan: (operation, kind, params = {}) =>
      void simulators.faults.set({ provider: 'wechat-cloud', operation, kind, params }),
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
