import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createMerchant } from '../../test/merchant.ts';
import { type Simulators, startSimulators } from '../index.ts';

let simulators: Simulators;
let shop: ReturnType<typeof createMerchant>;

beforeAll(async () => {
  simulators = await startSimulators({ delivery: 'manual' });
  shop = createMerchant(simulators);
});
afterAll(() => simulators.close());

const NATIVE = '/v3/pay/transactions/native';
const CERTIFICATES = '/v3/certificates';
const OLD = Math.floor(Date.now() / 1000) - 301;

describe('refusals come in WeChat’s order and are not signed', () => {
  test('a missing Accept or User-Agent is told first, but not on the transactions paths', async () => {
    const changes = { headers: { accept: undefined }, authorization: 'nonsense' };
    const other = await shop.call('GET', CERTIFICATES, undefined, changes);
    expect([other.status, other.json.code, other.json.message]).toEqual([
      400,
      'INVALID_REQUEST',
      'Http头缺少Accept或User-Agent',
    ]);
    const agent = await shop.call('GET', CERTIFICATES, undefined, { headers: { 'user-agent': undefined } });
    expect(agent.status).toBe(400);
    const transactions = await shop.call('POST', NATIVE, {}, changes);
    expect([transactions.status, transactions.json.message]).toEqual([401, '签名信息错误，验签失败']);
  });

  test('then the form of Authorization, whatever its time', async () => {
    for (const authorization of [
      '',
      'Bearer x',
      'WECHATPAY2-SHA256-RSA2048 mchid="1"',
      'WECHATPAY2-SHA256-RSA2048  a',
    ]) {
      const answer = await shop.call('GET', CERTIFICATES, undefined, { authorization, timestamp: OLD });
      expect([answer.status, answer.json.code]).toEqual([401, 'SIGN_ERROR']);
      expect(answer.json.message).toContain('Authorization值格式错误');
    }
  });

  test('then the time, whatever the serial', async () => {
    const answer = await shop.call(
      'POST',
      NATIVE,
      {},
      { timestamp: OLD, serialNo: 'FFFF', signature: 'AAAA' },
    );
    expect(answer.json.message).toBe('Http头Authorization中的timestamp与发起请求的时间不得超过5分钟');
  });

  test('then the certificate serial and the merchant, whatever the signature', async () => {
    for (const changes of [{ serialNo: 'FFFF' }, { mchid: '1900000000' }]) {
      const answer = await shop.call('POST', NATIVE, {}, { ...changes, signature: 'AAAA' });
      expect([answer.status, answer.json.message]).toEqual([
        401,
        '商户证书序列号有误。请使用签名私钥匹配的证书序列号',
      ]);
    }
  });

  test('then the signature, whatever the body', async () => {
    const answer = await shop.call('POST', NATIVE, 'not json', {
      signature: Buffer.alloc(256).toString('base64'),
    });
    expect([answer.status, answer.json.message]).toEqual([401, '签名错误']);
    expect(answer.json.detail).toMatchObject({ issue: 'sign not match', location: 'authorization' });
  });

  test('then the body, then the merchant in it', async () => {
    expect((await shop.call('POST', NATIVE, 'not json')).json.code).toBe('PARAM_ERROR');
    expect((await shop.call('POST', NATIVE, '[]')).json.code).toBe('PARAM_ERROR');
    const other = await shop.call('POST', NATIVE, shop.order('CHECK-MCHID', { mchid: '1900000000' }));
    expect([other.status, other.json.code]).toEqual([400, 'PARAM_ERROR']);
    expect(other.json.detail).toMatchObject({ field: '/mchid', location: 'body' });
    const query = await shop.call('GET', '/v3/pay/transactions/out-trade-no/ABCDEF?mchid=1900000000');
    expect([query.status, query.json.code]).toEqual([400, 'PARAM_ERROR']);
  });

  test('a refusal carries no Wechatpay headers, and no Request-ID on the transactions paths', async () => {
    const transactions = await shop.query('NOT-THERE');
    expect([transactions.status, transactions.json.code]).toEqual([404, 'ORDER_NOT_EXIST']);
    expect(Object.keys(transactions.headers).filter((name) => name.startsWith('wechatpay'))).toEqual([]);
    expect(transactions.headers['request-id']).toBeUndefined();
    const refund = await shop.call('GET', '/v3/refund/domestic/refunds/NOT-THERE');
    expect([refund.status, refund.json.code]).toEqual([404, 'RESOURCE_NOT_EXISTS']);
    expect(refund.headers['request-id']).toBeDefined();
    expect(refund.headers['wechatpay-signature']).toBeUndefined();
  });
});

test('an unknown path is an empty 404 and a wrong method an empty 405', async () => {
  const unknown = await shop.call('GET', '/v3/nothing', undefined, { authorization: 'nonsense' });
  expect([unknown.status, unknown.bytes.length]).toEqual([404, 0]);
  for (const method of ['GET', 'PUT', 'DELETE']) {
    const wrong = await shop.call(method, NATIVE, undefined, { authorization: 'nonsense' });
    expect([wrong.status, wrong.bytes.length]).toEqual([405, 0]);
  }
});

test('the bytes on the wire are what is signed, percent-encoding included', async () => {
  await shop.call('POST', NATIVE, shop.order('PIPE|STAR*'));
  const target = `/v3/pay/transactions/out-trade-no/PIPE%7CSTAR*?mchid=${shop.merchant.mchid}`;
  expect((await shop.call('GET', target)).json.out_trade_no).toBe('PIPE|STAR*');
});

test('a 204 is signed over an empty body', async () => {
  await shop.call('POST', NATIVE, shop.order('CHECK-204'));
  const target = '/v3/pay/transactions/out-trade-no/CHECK-204/close';
  const answer = await shop.call('POST', target, { mchid: shop.merchant.mchid });
  expect([answer.status, answer.bytes.length]).toEqual([204, 0]);
  expect(shop.isGenuine(answer.headers, '')).toBe(true);
});
