import { describe, expect, test } from 'vitest';
import {
  answer,
  makeGateway,
  NOW,
  paidTrade,
  payment,
  publicKeyMode,
  refundRequest,
  refusal,
} from '../../../test/harness/wechat-pay.ts';
import { OutboundError, type OutboundResponse } from '../../kernel/outbound/index.ts';

const truncated = (response: OutboundResponse) => ({ ...response, body: response.body.subarray(0, 20) });
const withoutSignature = (response: OutboundResponse) => ({ ...response, headers: {} });

/** Everything that says nothing of what became of a request. */
const UNCERTAIN: readonly (readonly [string, () => OutboundResponse | Error])[] = [
  ['a time-out', () => new OutboundError('unknown', 'timeout', 'wechat_pay')],
  ['a connection that broke', () => new OutboundError('unknown', 'broken', 'wechat_pay')],
  ['500 SYSTEM_ERROR', () => refusal(500, 'SYSTEM_ERROR')],
  ['502 BANK_ERROR', () => refusal(502, 'BANK_ERROR')],
  ['503 SERVICE_UNAVAILABLE', () => refusal(503, 'SERVICE_UNAVAILABLE')],
  ['429 FREQUENCY_LIMITED', () => refusal(429, 'FREQUENCY_LIMITED')],
  ['429 RATELIMIT_EXCEEDED', () => refusal(429, 'RATELIMIT_EXCEEDED')],
  ['a code that is not known', () => refusal(400, 'SOMETHING_NEW')],
  ['a code named like a property of every object', () => refusal(400, 'CONSTRUCTOR')],
  [
    '404 without a body, as for an unknown path',
    () => ({ status: 404, headers: {}, body: Buffer.alloc(0), durationMs: 1 }),
  ],
  ["a proxy's page", () => ({ status: 403, headers: {}, body: Buffer.from('<html>'), durationMs: 1 })],
  [
    'a redirect',
    () => ({ status: 302, headers: { location: 'https://x' }, body: Buffer.alloc(0), durationMs: 1 }),
  ],
  ['200 without a signature', () => withoutSignature(answer(paidTrade))],
  ['200 that was cut off', () => truncated(answer(paidTrade))],
  ['200 of five minutes ago', () => answer(paidTrade, { at: NOW - 300_000 })],
  [
    "200 under somebody else's serial number",
    () => answer(paidTrade, { by: { ...publicKeyMode, serial: 'PUB_KEY_ID_0' } }),
  ],
  ['202 Accepted', () => answer(paidTrade, { status: 202 })],
  ['200 that is empty', () => answer(undefined, { status: 200 })],
  ['200 with an empty object', () => answer({})],
  ['200 with a list', () => answer([])],
];

describe.each(UNCERTAIN)('%s', (_name, response) => {
  test.each(['createPayment', 'queryPayment', 'refund', 'queryRefund'] as const)(
    'leaves %s unknown',
    async (operation) => {
      const { gateway, answers } = makeGateway();
      answers(response());
      const run = {
        createPayment: () => gateway.createPayment(payment),
        queryPayment: () => gateway.queryPayment(payment),
        refund: () => gateway.refund(refundRequest),
        queryRefund: () => gateway.queryRefund(refundRequest),
      };
      expect(await run[operation]()).toMatchObject({ outcome: 'unknown' });
    },
  );
});

test('204 is believed only when its signature holds', async () => {
  const { gateway, answers } = makeGateway();
  answers(answer(undefined), withoutSignature(answer(undefined)));
  expect(await gateway.closePayment(payment)).toEqual({ outcome: 'closed' });
  expect(await gateway.closePayment(payment)).toMatchObject({ outcome: 'unknown' });
});

test('a call that never left is not sent, where the operation knows the difference', async () => {
  const { gateway, answers } = makeGateway();
  const refused = () => new OutboundError('not_sent', 'connection_refused', 'wechat_pay');
  answers(refused(), refused(), refused(), refused(), refused());
  const reason = { code: 'connection_refused' };
  expect(await gateway.createPayment(payment)).toMatchObject({ outcome: 'not_sent', reason });
  expect(await gateway.refund(refundRequest)).toMatchObject({ outcome: 'not_sent', reason });
  expect(await gateway.queryPayment(payment)).toMatchObject({ outcome: 'unknown', reason });
  expect(await gateway.closePayment(payment)).toMatchObject({ outcome: 'unknown', reason });
  expect(await gateway.queryRefund(refundRequest)).toMatchObject({
    outcome: 'unknown',
    reason,
  });
});

test('wrong credentials mean that nothing was done, and say so', async () => {
  const { gateway, answers } = makeGateway();
  answers(refusal(401, 'SIGN_ERROR'), refusal(401, 'SIGN_ERROR'), refusal(401, 'SIGN_ERROR'));
  const reason = { code: 'SIGN_ERROR' };
  expect(await gateway.createPayment(payment)).toMatchObject({ outcome: 'not_sent', reason });
  expect(await gateway.refund(refundRequest)).toMatchObject({ outcome: 'not_sent', reason });
  expect(await gateway.queryPayment(payment)).toMatchObject({ outcome: 'unknown', reason });
});

test("WeChat Pay's own words never leave the gateway", async () => {
  const { gateway, answers } = makeGateway();
  const body = Buffer.from(JSON.stringify({ code: 'NOT_ENOUGH', message: 'balance of the merchant: 12.34' }));
  answers({ status: 403, headers: {}, body, durationMs: 1 });
  expect(JSON.stringify(await gateway.refund(refundRequest))).not.toContain('12.34');
});

test('a defect of ours is thrown, not taken for an answer', async () => {
  const { gateway, answers } = makeGateway();
  answers(new TypeError('a defect'));
  await expect(gateway.queryPayment(payment)).rejects.toThrow('a defect');
});
