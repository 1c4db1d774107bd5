import { describe, expect, test } from 'vitest';
import {
  done,
  handedOn,
  listedRefund,
  makeCloudGateway,
  NOW,
  payment,
  raw,
  refundRequest,
  refused,
  SUB_MCHID,
} from '../../../test/harness/wechat-cloud.ts';
import { readQuery } from './refund-reading.ts';

const HOUR = 3_600_000;
const REFUND_ID = '50000000382019052709732678859';

const accepted = {
  ...{ out_trade_no: payment.id, out_refund_no: refundRequest.id, refund_id: REFUND_ID },
  ...{ refund_fee: 40, sub_mch_id: SUB_MCHID },
};
const silent = {
  ...{ out_trade_no: payment.id, sub_mch_id: SUB_MCHID, refund_count: 1 },
  ...{ out_refund_no_list: [], refund_status_list: [], refund_id_list: [] },
};
/** As the payment's row has it after the answer to the refund itself. */
const known = { ...refundRequest, providerRefundId: REFUND_ID };

test('a refund that is taken is pending, and the same request each time', async () => {
  const { gateway, answers, calls } = makeCloudGateway();
  answers(done(accepted), done(accepted));
  expect(await gateway.refund(refundRequest)).toEqual({
    outcome: 'pending',
    facts: {
      amount: { amount: 40, currency: 'CNY' },
      paymentId: payment.id,
      merchantAccount: SUB_MCHID,
      providerRefundId: REFUND_ID,
      finishedAt: null,
    },
  });
  await gateway.refund({ ...refundRequest });
  expect(calls[1]?.body).toBe(calls[0]?.body);
  expect(JSON.parse(String(calls[0]?.body))).toEqual({
    ...{ out_trade_no: payment.id, out_refund_no: refundRequest.id, sub_mch_id: SUB_MCHID },
    ...{ total_fee: 100, refund_fee: 40, refund_desc: 'too small', env_id: 'prod-3gabcdef' },
    ...{
      callback_type: 2,
      container: { service: 'suanpan', path: `/orders/payment-callback/${payment.id}` },
    },
  });
});

test("another refund's answer says nothing about this one", async () => {
  const { gateway, answers } = makeCloudGateway();
  answers(done({ ...accepted, out_refund_no: 'ref_another' }));
  expect(await gateway.refund(refundRequest)).toMatchObject({ outcome: 'unknown' });
});

test('a balance that is too low may be tried again', async () => {
  const { gateway, answers } = makeCloudGateway();
  answers(refused('NOTENOUGH'));
  expect(await gateway.refund(refundRequest)).toMatchObject({ outcome: 'refused_for_now' });
});

describe('a query that tells', () => {
  test.each([
    ['SUCCESS', 'succeeded'],
    ['PROCESSING', 'pending'],
    ['CHANGE', 'abnormal'],
    ['REFUNDCLOSE', 'failed'],
    ['SOMETHING', 'unknown'],
    ['constructor', 'unknown'],
  ] as const)('%s is %s', (status, outcome) => {
    const reading = readQuery({ ...listedRefund, refund_status_list: [status] }, refundRequest.id);
    expect(reading).toMatchObject({ kind: 'told', result: { outcome } });
  });

  test('in numbered fields is read as well', () => {
    const numbered = {
      ...{ out_trade_no: payment.id, sub_mch_id: SUB_MCHID, refund_count: '2' },
      ...{ out_refund_no_0: 'ref_other', refund_status_0: 'PROCESSING', refund_id_0: '1', refund_fee_0: '1' },
      ...{ out_refund_no_1: refundRequest.id, refund_status_1: 'SUCCESS', refund_id_1: REFUND_ID },
      ...{ refund_fee_1: '40', refund_success_time_1: '2026-11-20 20:05:00' },
    };
    expect(readQuery(numbered, refundRequest.id)).toEqual(readQuery(listedRefund, refundRequest.id));
  });

  test('of several finds ours by its number', () => {
    const several = {
      ...listedRefund,
      refund_count: 2,
      out_refund_no_list: ['ref_other', refundRequest.id],
      refund_id_list: ['1', REFUND_ID],
      refund_status_list: ['PROCESSING', 'SUCCESS'],
      refund_fee_list: [1, 40],
      refund_success_time_list: ['', '2026-11-20 20:05:00'],
    };
    expect(readQuery(several, refundRequest.id)).toEqual(readQuery(listedRefund, refundRequest.id));
  });
});

describe('a query that is silent', () => {
  const CSV = [
    '交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注',
    `\`2026-11-20 20:05:00,\`wx1,\`1800008281,\`${SUB_MCHID},\`,\`42,\`${payment.id},\`o,\`JSAPI,\`REFUND,\`OTHERS,\`CNY,\`0.00,\`0.00,\`${REFUND_ID},\`${refundRequest.id},\`0.40,\`0.00,\`ORIGINAL,\`SUCCESS,\`tea,\`,\`0.00,\`0.60%,\`0.00,\`0.40,\``,
    '总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额',
    '`1,`0.00,`0.40,`0.00,`0.00,`0.00,`0.40',
  ].join('\r\n');

  test('leaves a refund pending that was taken, and one unknown of which there is no answer yet', async () => {
    const { gateway, answers } = makeCloudGateway();
    answers(done(silent), done(silent));
    expect(await gateway.queryRefund(known)).toMatchObject({
      outcome: 'pending',
      facts: { providerRefundId: REFUND_ID, amount: { amount: 40, currency: 'CNY' } },
    });
    expect(await gateway.queryRefund(refundRequest)).toMatchObject({
      outcome: 'unknown',
      reason: { code: 'state_not_told' },
    });
  });

  test('sends us to the bill, once it is there, and one download serves every refund of that day', async () => {
    const { gateway, answers, calls, clock } = makeCloudGateway();
    clock.advance(14 * HOUR);
    answers(done(silent), handedOn(CSV), done(silent), done(silent));
    expect(await gateway.queryRefund(known)).toEqual({
      outcome: 'succeeded',
      facts: {
        amount: { amount: 40, currency: 'CNY' },
        paymentId: payment.id,
        merchantAccount: SUB_MCHID,
        providerRefundId: REFUND_ID,
        finishedAt: Date.parse('2026-11-20T20:05:00+08:00'),
      },
    });
    expect(await gateway.queryRefund(known)).toMatchObject({ outcome: 'succeeded' });
    const other = { ...known, id: 'ref_that_no_bill_has' };
    expect(await gateway.queryRefund(other)).toMatchObject({ outcome: 'pending' });
    const bills = calls.filter(({ operation }) => operation === 'bill');
    expect(bills.map(({ subject }) => subject)).toEqual(['2026-11-20']);
  });

  test('asks for no bill before ten in the morning', async () => {
    const { gateway, answers, clock } = makeCloudGateway();
    clock.advance(14 * HOUR - 60_000);
    answers(done(silent));
    expect(await gateway.queryRefund(known)).toMatchObject({ outcome: 'pending' });
  });

  test('asks again for a bill that could not be had, and not for days before the refund', async () => {
    const { gateway, answers, calls, clock } = makeCloudGateway();
    clock.advance(14 * HOUR);
    answers(done(silent), raw(500, ''), done(silent), handedOn(CSV));
    expect(await gateway.queryRefund({ ...known, since: NOW })).toMatchObject({ outcome: 'pending' });
    expect(await gateway.queryRefund({ ...known, since: NOW })).toMatchObject({ outcome: 'succeeded' });
    expect(calls.filter(({ operation }) => operation === 'bill')).toHaveLength(2);
  });
});
