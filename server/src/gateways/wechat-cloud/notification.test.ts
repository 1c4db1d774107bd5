import { expect, test } from 'vitest';
import { parseNotification, replyTo } from './notification.ts';

const parse = (body: unknown) =>
  parseNotification({
    headers: {},
    body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
    receivedAt: 0,
  });

test('a callback of a payment hints at the number that it names, and nothing else in it is read', async () => {
  const callback = { returnCode: 'SUCCESS', resultCode: 'SUCCESS', totalFee: 1, outTradeNo: 'pay_0001' };
  const hint = { outcome: 'hint', reason: 'unsigned', paymentId: 'pay_0001', eventType: 'PAYMENT' };
  expect(await parse(callback)).toEqual(hint);
  expect(await parse({ ...callback, totalFee: 'x', resultCode: 'FAIL' })).toEqual(hint);
});

test('one of a refund hints at its payment, or at the open refunds where it is sealed', async () => {
  expect(await parse({ outTradeNo: 'pay_0001', outRefundNo: 'ref_0001' })).toMatchObject({
    outcome: 'hint',
    paymentId: 'pay_0001',
    eventType: 'REFUND',
  });
  expect(await parse({ returnCode: 'SUCCESS', reqInfo: 'c2VhbGVk' })).toEqual({
    outcome: 'hint',
    reason: 'unsigned',
  });
});

test.each([
  ['', 'nothing'],
  ['{"outTradeNo":"pay_00', 'half a callback'],
  ['[]', 'a list'],
  ['null', 'null'],
  ['{}', 'no number'],
  ['{"outTradeNo":7}', 'a number that is one'],
  ['{"outTradeNo":"pay_1\' or 1=1"}', 'a number with other characters'],
  [JSON.stringify({ outTradeNo: 'p'.repeat(65) }), 'a number that is too long'],
])('%s is refused: %s', async (body) => {
  expect(await parse(body)).toEqual({ outcome: 'rejected', status: 400, reason: 'malformed' });
});

test('the platform is answered in its own words', () => {
  expect(replyTo(true)).toMatchObject({ status: 200, body: '{"errcode":0,"errmsg":"ok"}' });
  const refusal = replyTo(false);
  expect(refusal.status).toBe(500);
  expect(JSON.parse(refusal.body).errcode).not.toBe(0);
});
