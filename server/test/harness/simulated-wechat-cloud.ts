/** The gateway of cloud calls connected to the simulator by the real outbound client, with a listener for callbacks. */
import { expect } from 'vitest';
import type { Simulators } from '../../../simulators/src/index.ts';
import type { Gateway, KnownPayment, KnownRefund, NotificationResult } from '../../src/gateways/gateway.ts';
import { createWechatCloudGateway } from '../../src/gateways/wechat-cloud/index.ts';
import type { FakeClock } from '../../src/kernel/clock.ts';
import type { Outbound } from '../../src/kernel/outbound/index.ts';
import { knownPayment } from './known-payment.ts';
import { listenForNotifications } from './notification-listener.ts';
import { knownRefund, openSimulatedProvider, type SimulatorVerbs } from './simulated-provider.ts';

export interface SimulatedWechatCloud extends SimulatorVerbs {
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
  const provider = await openSimulatedProvider('wechat-cloud', '2026-11-20T12:00:00Z');
  const { clock, outbound, simulators } = provider;
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
    refundOf: (payment, amount) =>
      knownRefund(payment, amount, '4200000000202611200000000001', { since: clock.now() }),
    ...provider.verbs(listener),
  };
}
