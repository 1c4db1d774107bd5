/** The gateway connected to the simulator of WeChat Pay by the real outbound client, with a listener for notifications. */
import { expect } from 'vitest';
import type { Simulators } from '../../../simulators/src/index.ts';
import type { Gateway, KnownPayment, KnownRefund, NotificationResult } from '../../src/gateways/gateway.ts';
import { createWechatPayGateway } from '../../src/gateways/wechat-pay/index.ts';
import type { FakeClock } from '../../src/kernel/clock.ts';
import type { Db } from '../../src/kernel/db/index.ts';
import { silentLogger } from '../../src/kernel/log/index.ts';
import type { Outbound } from '../../src/kernel/outbound/index.ts';
import { knownPayment } from './known-payment.ts';
import { listenForNotifications } from './notification-listener.ts';
import { knownRefund, openSimulatedProvider, type SimulatorVerbs } from './simulated-provider.ts';

export type KeyMode = 'public_key' | 'certificate' | 'switching';

export interface SimulatedWechatPay extends SimulatorVerbs {
  readonly db: Db;
  readonly clock: FakeClock;
  readonly simulators: Simulators;
  readonly outbound: Outbound;
  readonly gateway: Gateway;
  readonly appid: string;
  /** Of a payer at that app. */
  readonly openid: string;
  /** What came in at the notification address, parsed. */
  readonly received: NotificationResult[];
  newPayment(change?: Partial<KnownPayment>): KnownPayment;
  /** A payment that is opened and paid. */
  openAndPay(): Promise<KnownPayment>;
  refundOf(payment: KnownPayment, amount: number): KnownRefund;
}

/** As a merchant in this key mode would be configured: without the public key where WeChat Pay has given none. */
function connect(simulators: Simulators, keyMode: KeyMode, clock: FakeClock, outbound: Outbound): Gateway {
  const merchant = simulators.wechatPay.merchant();
  simulators.wechatPay.changeSettings({ keyMode });
  return createWechatPayGateway({
    settings: {
      mchid: merchant.mchid,
      merchantSerialNo: merchant.merchantSerialNo,
      privateKeyPem: merchant.merchantPrivateKeyPem,
      apiV3Key: merchant.apiV3Key,
      publicKey: keyMode === 'certificate' ? null : { id: merchant.publicKeyId, pem: merchant.publicKeyPem },
      apps: merchant.apps.map(({ appid, kind }) => ({ appid, kind })),
      baseUrl: simulators.wechatPayUrl,
    },
    outbound,
    clock,
    log: silentLogger,
  });
}

export async function openSimulatedWechatPay(keyMode: KeyMode = 'public_key'): Promise<SimulatedWechatPay> {
  const provider = await openSimulatedProvider('wechat-pay', '2026-11-20T12:00:00Z');
  const { db, clock, outbound, simulators } = provider;
  const gateway = connect(simulators, keyMode, clock, outbound);
  const listener = await listenForNotifications(clock, gateway);
  const { received } = listener;
  const payer = simulators.payers.create();
  const appid = simulators.wechatPay.merchant().apps[0]?.appid ?? '';
  const openid = payer.openids[appid] ?? '';

  const newPayment = (change: Partial<KnownPayment> = {}) =>
    knownPayment({
      ...{ method: 'wechat_jsapi', createdAt: clock.now(), notifyUrl: listener.url },
      ...{ appId: appid, openid },
      ...change,
    });

  return {
    ...{ db, clock, simulators, outbound, gateway, appid, openid, received, newPayment },
    async openAndPay() {
      const payment = newPayment();
      expect(await gateway.createPayment(payment)).toMatchObject({ outcome: 'requires_action' });
      expect(simulators.wechatPay.pay({ outTradeNo: payment.id }).result).toBe('paid');
      return payment;
    },
    refundOf: (payment, amount) => knownRefund(payment, amount, '4200000000202611200000000001'),
    ...provider.verbs(listener),
  };
}
