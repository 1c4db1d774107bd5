import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startReceiver } from '../../test/receiver.ts';
import { type Simulators, startSimulators } from '../index.ts';

const START = Date.parse('2026-05-04T12:00:00+08:00');

let simulators: Simulators;
let receiver: Awaited<ReturnType<typeof startReceiver>>;

beforeEach(async () => {
  simulators = await startSimulators({ delivery: 'manual', now: () => START });
  receiver = await startReceiver();
  control().changeSettings({ serviceUrl: new URL(receiver.url).origin });
});
afterEach(async () => {
  await simulators.close();
  await receiver.close();
});

const control = () => simulators.wechatCloud;

/** A call as a program inside the container makes it. */
async function call(verb: string, body: object): Promise<Record<string, never>> {
  const answer = await fetch(`${simulators.wechatCloudUrl}/_/pay/${verb}`, {
    method: 'POST',
    body: JSON.stringify(body),
  });
  expect(answer.status).toBe(200);
  return (await answer.json()) as Record<string, never>;
}

function order(number: string, change: object = {}) {
  const { subMchid, envId, service } = control().merchant();
  const openid = control().callerHeaders()['x-wx-openid'];
  return {
    ...{ body: '龙井茶', out_trade_no: number, total_fee: 100, spbill_create_ip: '127.0.0.1' },
    ...{ openid, env_id: envId, sub_mch_id: subMchid },
    ...{ callback_type: 2, container: { service, path: `/orders/payment-callback/${number}` } },
    ...change,
  };
}

const trade = (number: string) => ({ out_trade_no: number, sub_mch_id: control().merchant().subMchid });

describe('an order', () => {
  test('is paid by what the phone is given, and a query says so', async () => {
    const { errcode, respdata } = (await call('unifiedOrder', order('CLOUD-1'))) as never as {
      errcode: number;
      respdata: { result_code: string; payment: Record<string, string> };
    };
    expect([errcode, respdata.result_code]).toEqual([0, 'SUCCESS']);
    expect(control().pay({ clientParams: respdata.payment as never }).result).toBe('paid');
    expect(await call('queryorder', trade('CLOUD-1'))).toMatchObject({
      errcode: 0,
      respdata: { trade_state: 'SUCCESS', total_fee: 100, sub_mch_id: control().merchant().subMchid },
    });
  });

  test.each([
    ['of another environment', { env_id: 'prod-other' }, { errcode: -501000 }],
    ['for another service', { container: { service: 'other', path: '/' } }, { errcode: -501000 }],
    ['of another merchant', { sub_mch_id: '1' }, { respdata: { err_code: 'NOAUTH' } }],
    ['without an amount', { total_fee: 0 }, { respdata: { err_code: 'PARAM_ERROR' } }],
  ])('%s is refused', async (_name, change, refusal) => {
    expect(await call('unifiedOrder', order('CLOUD-2', change))).toMatchObject(refusal);
    expect(control().listTrades()).toEqual([]);
  });

  test('that was paid can not be opened again', async () => {
    await call('unifiedOrder', order('CLOUD-3'));
    control().pay({ outTradeNo: 'CLOUD-3' });
    expect(await call('unifiedOrder', order('CLOUD-3'))).toMatchObject({
      respdata: { result_code: 'FAIL', err_code: 'ORDERPAID' },
    });
  });
});

describe('callbacks', () => {
  beforeEach(async () => {
    await call('unifiedOrder', order('CLOUD-4'));
    control().pay({ outTradeNo: 'CLOUD-4' });
  });

  test('come to the path of the order, unsigned', async () => {
    await simulators.notifications.flush();
    expect(JSON.parse(receiver.deliveries[0]?.body ?? '')).toMatchObject({
      ...{ returnCode: 'SUCCESS', outTradeNo: 'CLOUD-4', totalFee: 100 },
      subMchId: control().merchant().subMchid,
    });
    expect(
      Object.keys(receiver.deliveries[0]?.headers ?? {}).filter((name) => name.includes('sign')),
    ).toEqual([]);
  });

  test('come again until they are answered with errcode 0, for two days at most', async () => {
    receiver.answerWith(200, '{"errcode":1}');
    for (let hour = 0; hour < 60; hour += 1) {
      await simulators.notifications.flush();
      simulators.advanceClock(3_600_000);
    }
    expect(simulators.notifications.list()[0]).toMatchObject({ state: 'given_up' });
    const tries = receiver.deliveries.length;
    expect(tries).toBeGreaterThan(5);
    receiver.answerWith(200, '{"errcode":0,"errmsg":"ok"}');
    await call('unifiedOrder', order('CLOUD-5'));
    control().pay({ outTradeNo: 'CLOUD-5' });
    await simulators.notifications.flush();
    expect(simulators.notifications.list().map(({ state }) => state)).toContain('acknowledged');
    expect(receiver.deliveries).toHaveLength(tries + 1);
  });
});

test('a query for a refund says that there is one, and where it stands only when told to', async () => {
  await call('unifiedOrder', order('CLOUD-6'));
  control().pay({ outTradeNo: 'CLOUD-6' });
  const { env_id: envId, sub_mch_id: subMchid, container } = order('CLOUD-6');
  const refund = { out_trade_no: 'CLOUD-6', out_refund_no: 'REF-6', total_fee: 100, refund_fee: 40 };
  const asked = { ...refund, env_id: envId, sub_mch_id: subMchid, callback_type: 2, container };
  expect(await call('refund', asked)).toMatchObject({ respdata: { result_code: 'SUCCESS', refund_fee: 40 } });
  const query = { out_refund_no: 'REF-6', sub_mch_id: subMchid };
  expect(await call('queryrefund', query)).toMatchObject({
    respdata: { refund_count: 1, refund_status_list: [] },
  });
  control().changeSettings({ refundLists: 'filled' });
  control().settleRefund('REF-6');
  expect(await call('queryrefund', query)).toMatchObject({
    respdata: { refund_status_list: ['SUCCESS'], refund_fee_list: [40] },
  });
});

test('a caller has the headers of the gateway, for its own app and for one that shares the environment', () => {
  const own = control().callerHeaders();
  expect(own).toMatchObject({ 'x-wx-source': 'wx_client', 'x-wx-openid': expect.any(String) });
  const shared = control().callerHeaders({ isShared: true });
  expect(Object.keys(shared)).toContain('x-wx-from-openid');
  expect(Object.keys(shared)).not.toContain('x-wx-openid');
});

test('a reset forgets trades and settings, and keeps the merchant', async () => {
  const merchant = control().merchant();
  await call('unifiedOrder', order('CLOUD-7'));
  control().changeSettings({ refundLists: 'filled' });
  simulators.reset();
  expect(control().listTrades()).toEqual([]);
  expect(control().settings().refundLists).toBe('empty');
  expect(control().merchant()).toEqual(merchant);
});
