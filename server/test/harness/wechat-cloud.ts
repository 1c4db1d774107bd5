/** The other side of cloud calls for tests of the gateway alone: each test says what is answered. */
import type { Gateway, KnownPayment, KnownRefund } from '../../src/gateways/gateway.ts';
import { createWechatCloudGateway } from '../../src/gateways/wechat-cloud/index.ts';
import { createFakeClock, type FakeClock } from '../../src/kernel/clock.ts';
import type { OutboundResponse } from '../../src/kernel/outbound/index.ts';
import { knownPayment } from './known-payment.ts';
import { createPreparedOutbound, type PreparedOutbound } from './prepared-outbound.ts';

/** Eight in the evening at Beijing. */
export const NOW = Date.parse('2026-11-20T12:00:00Z');
export const SUB_MCHID = '1710000001';
export const APPID = 'wx2421b1c4370ec43b';

export interface TestCloudGateway extends Pick<PreparedOutbound, 'calls' | 'answers'> {
  readonly gateway: Gateway;
  readonly clock: FakeClock;
}

export function makeCloudGateway(): TestCloudGateway {
  const clock = createFakeClock(NOW);
  const { outbound, calls, answers } = createPreparedOutbound();
  const settings = {
    ...{ subMchid: SUB_MCHID, envId: 'prod-3gabcdef', service: 'suanpan' },
    apps: [{ appid: APPID }],
  };
  return { gateway: createWechatCloudGateway({ settings, outbound, clock }), ...{ clock, calls, answers } };
}

const respond = (status: number, body: string): OutboundResponse => ({
  ...{ status, headers: {}, durationMs: 1 },
  body: Buffer.from(body),
});

/** What the platform hands on. */
export const handedOn = (respdata: unknown): OutboundResponse =>
  respond(200, JSON.stringify({ errcode: 0, errmsg: 'ok', respdata }));
export const done = (data: object): OutboundResponse =>
  handedOn({ return_code: 'SUCCESS', result_code: 'SUCCESS', ...data });
export const refused = (code: string): OutboundResponse =>
  handedOn({ return_code: 'SUCCESS', result_code: 'FAIL', err_code: code, err_code_des: '…' });
export const raw = respond;

export const payment: KnownPayment = knownPayment({
  id: 'pay_01jd3kq2x4000000000000000',
  method: 'wechat_cloud',
  amount: { amount: 100, currency: 'CNY' },
  description: 'Image形象店-深圳腾大-QQ公仔',
  createdAt: NOW,
  notifyUrl: 'https://shop.example.test/payments/notify/wechat_cloud',
  appId: APPID,
  openid: 'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o',
});

export const refundRequest: KnownRefund = {
  id: 'ref_01jd3kq2x4000000000000000',
  payment,
  captureTransactionId: '4200000000202611200000000001',
  amount: { amount: 40, currency: 'CNY' },
  total: { amount: 100, currency: 'CNY' },
  reason: 'too small',
  notifyUrl: payment.notifyUrl,
  providerRefundId: null,
  since: NOW,
};

/** A paid trade as a query answers it. */
export const paidTrade = {
  ...{ mch_id: '1800008281', sub_mch_id: SUB_MCHID, sub_appid: APPID },
  ...{ out_trade_no: payment.id, transaction_id: '4200000000202611200000000001' },
  ...{ trade_state: 'SUCCESS', trade_type: 'JSAPI', bank_type: 'OTHERS' },
  ...{ total_fee: 100, cash_fee: 90, coupon_fee: 10, time_end: '20261120200102' },
  sub_openid: 'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o',
};

/** A refund as its query answers it where the lists are filled. */
export const listedRefund = {
  ...{ out_trade_no: payment.id, sub_mch_id: SUB_MCHID, refund_count: 1 },
  out_refund_no_list: [refundRequest.id],
  refund_id_list: ['50000000382019052709732678859'],
  refund_status_list: ['SUCCESS'],
  refund_fee_list: [40],
  refund_success_time_list: ['2026-11-20 20:05:00'],
};
