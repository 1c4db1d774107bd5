import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createMerchant } from '../../test/merchant.ts';
import { type Simulators, startSimulators } from '../index.ts';

let simulators: Simulators;
let shop: ReturnType<typeof createMerchant>;

beforeAll(async () => {
  simulators = await startSimulators({ delivery: 'manual' });
  shop = createMerchant(simulators);
});
afterAll(() => simulators.close());
afterEach(() => {
  simulators.faults.clear();
});

const arm = (operation: string, kind: string, rest = {}) =>
  simulators.faults.set({ provider: 'wechat-pay', operation, kind, ...rest });
const native = (outTradeNo: string) =>
  shop.call('POST', '/v3/pay/transactions/native', shop.order(outTradeNo));
const close = (outTradeNo: string) =>
  shop.call('POST', `/v3/pay/transactions/out-trade-no/${outTradeNo}/close`, { mchid: shop.merchant.mchid });
const state = async (outTradeNo: string) => (await shop.query(outTradeNo)).json.trade_state;

describe('on the way', () => {
  test('delay answers late but well', async () => {
    arm('prepay', 'delay', { params: { ms: 150 } });
    const startedAt = performance.now();
    const answer = await native('FAULT-DELAY');
    expect(performance.now() - startedAt).toBeGreaterThan(140);
    expect(shop.isGenuine(answer.headers, answer.bytes.toString())).toBe(true);
  });

  test('connection_refused cuts before anything is applied', async () => {
    arm('prepay', 'connection_refused');
    await expect(native('FAULT-REFUSED')).rejects.toThrow(/hang up|ECONNRESET/);
    expect(await state('FAULT-REFUSED')).toBeUndefined();
  });

  test('commit_then_timeout applies and never answers', async () => {
    arm('prepay', 'commit_then_timeout', { params: { ms: 50 } });
    await expect(native('FAULT-SILENT')).rejects.toThrow(/hang up|ECONNRESET/);
    expect(await state('FAULT-SILENT')).toBe('NOTPAY');
  });

  test('error refuses before, error_after_commit after applying; both unsigned', async () => {
    arm('prepay', 'error', { params: { status: 502, code: 'SERVICE_UNAVAILABLE' } });
    const before = await native('FAULT-BEFORE');
    expect([before.status, before.json.code]).toEqual([502, 'SERVICE_UNAVAILABLE']);
    expect(await state('FAULT-BEFORE')).toBeUndefined();
    arm('prepay', 'error_after_commit');
    const after = await native('FAULT-AFTER');
    expect([after.status, after.json.code]).toEqual([500, 'SYSTEM_ERROR']);
    expect(after.headers['wechatpay-signature']).toBeUndefined();
    expect(await state('FAULT-AFTER')).toBe('NOTPAY');
  });

  test('rate_limit is 429 FREQUENCY_LIMITED', async () => {
    arm('query', 'rate_limit');
    const answer = await shop.query('FAULT-LIMIT');
    expect([answer.status, answer.json.code]).toEqual([429, 'FREQUENCY_LIMITED']);
  });

  test('truncated_body, wrong_signature and unknown_serial spoil an answer that was applied', async () => {
    for (const kind of ['truncated_body', 'wrong_signature', 'unknown_serial']) {
      arm('prepay', kind);
      const answer = await native(`FAULT-${kind}`);
      expect(answer.status).toBe(200);
      expect(shop.isGenuine(answer.headers, answer.bytes.toString())).toBe(false);
      expect(await state(`FAULT-${kind}`)).toBe('NOTPAY');
    }
  });
});

describe('in the plan', () => {
  test('a plan strikes as often as it says and only what it matches', async () => {
    arm('prepay', 'rate_limit', { times: 2, match: { outTradeNo: 'PLAN-MATCH' } });
    expect((await native('PLAN-OTHER')).status).toBe(200);
    expect([(await native('PLAN-MATCH')).status, (await native('PLAN-MATCH')).status]).toEqual([429, 429]);
    expect((await native('PLAN-MATCH')).status).toBe(200);
    expect(simulators.faults.list()).toEqual([]);
  });

  test('always stays until it is cleared, and * means every operation that knows the kind', async () => {
    const plan = arm('*', 'rate_limit', { times: 'always' });
    expect([(await native('PLAN-ALL')).status, (await shop.query('PLAN-ALL')).status]).toEqual([429, 429]);
    expect(simulators.faults.clear(plan.id)).toBe(1);
    expect((await native('PLAN-ALL')).status).toBe(200);
  });

  test('a misspelt plan is refused with what is known', () => {
    expect(() => arm('prepay', 'wrong_signatur')).toThrow('knows no fault "wrong_signatur"');
    expect(() => arm('prepayy', 'delay')).toThrow('has no operation "prepayy"');
    expect(() => simulators.faults.set({ provider: 'x', operation: 'y', kind: 'z' })).toThrow(
      'No provider "x"',
    );
  });
});

describe('between buyer and closing', () => {
  test('closing is re-entrant, and a truly closed trade refuses the buyer', async () => {
    await native('CLOSE-TWICE');
    expect([(await close('CLOSE-TWICE')).status, (await close('CLOSE-TWICE')).status]).toEqual([204, 204]);
    expect(simulators.wechatPay.pay({ outTradeNo: 'CLOSE-TWICE' })).toMatchObject({ reason: 'order_closed' });
    expect((await close('CLOSE-NOWHERE')).json.code).toBe('ORDER_NOT_EXIST');
  });

  test('paid_during_close lets the payment win: ORDERPAID, and it is told', async () => {
    await native('CLOSE-DURING');
    arm('close', 'paid_during_close');
    const answer = await close('CLOSE-DURING');
    expect([answer.status, answer.json.code]).toEqual([400, 'ORDERPAID']);
    expect(await state('CLOSE-DURING')).toBe('SUCCESS');
    expect(simulators.notifications.list({ subject: 'CLOSE-DURING' })).toHaveLength(1);
  });

  test('paid_after_close closes first, and the money comes later all the same', async () => {
    await native('CLOSE-AFTER');
    arm('close', 'paid_after_close', { params: { ms: 5000 } });
    expect((await close('CLOSE-AFTER')).status).toBe(204);
    expect(await state('CLOSE-AFTER')).toBe('CLOSED');
    simulators.advanceClock(5000);
    await simulators.notifications.flush();
    expect(await state('CLOSE-AFTER')).toBe('SUCCESS');
    expect(simulators.notifications.list({ subject: 'CLOSE-AFTER' })).toHaveLength(1);
  });
});

test('a plan on pay lets a closed trade take the money', async () => {
  await native('PAY-CLOSED');
  await close('PAY-CLOSED');
  arm('pay', 'paid_after_close', { match: { outTradeNo: 'PAY-CLOSED' } });
  expect(simulators.wechatPay.pay({ outTradeNo: 'PAY-CLOSED' })).toMatchObject({ result: 'paid' });
  expect(await state('PAY-CLOSED')).toBe('SUCCESS');
});

test('an answer to a query can tell a wrong fact under a right signature', async () => {
  await shop.buy('QUERY-WRONG');
  const facts = { wrong_amount: { amount: { total: 1 } }, wrong_mchid: { mchid: '1999999999' } };
  const others = {
    wrong_appid: { appid: 'wx0000000000000000' },
    wrong_currency: { amount: { currency: 'USD' } },
  };
  for (const [kind, expected] of Object.entries({ ...facts, ...others })) {
    arm('query', kind, { params: kind === 'wrong_amount' ? { total: 1 } : {} });
    const answer = await shop.query('QUERY-WRONG');
    expect(answer.json).toMatchObject(expected);
    expect(shop.isGenuine(answer.headers, answer.bytes.toString())).toBe(true);
  }
});
