import { describe, expect, test } from 'vitest';
import {
  done,
  handedOn,
  makeCloudGateway,
  paidTrade,
  payment,
  raw,
  refundRequest,
  refused,
} from '../../../test/harness/wechat-cloud.ts';
import { OutboundError, type OutboundResponse } from '../../kernel/outbound/index.ts';

/** Everything that says nothing of what became of a request. */
const UNCERTAIN: readonly (readonly [string, () => OutboundResponse | Error])[] = [
  ['a time-out', () => new OutboundError('unknown', 'timeout', 'wechat_cloud')],
  ['a connection that broke', () => new OutboundError('unknown', 'broken', 'wechat_cloud')],
  ['500', () => raw(500, '{"errcode":0}')],
  ['404, as for an unknown path', () => raw(404, '')],
  ['a redirect', () => raw(302, '')],
  ['an answer that was cut off', () => raw(200, '{"errcode":0,"respdata":{"return_c')],
  ["a proxy's page", () => raw(200, '<html>')],
  ['an answer without a content', () => raw(200, '{"errcode":0,"errmsg":"ok"}')],
  ['an error of the platform', () => raw(200, '{"errcode":-501000,"errmsg":"invalid env_id"}')],
  ['an errcode that is no number', () => raw(200, '{"errcode":"0","respdata":{}}')],
  ['a list', () => handedOn([])],
  ['return_code FAIL', () => handedOn({ return_code: 'FAIL', return_msg: '签名失败' })],
  ['SYSTEMERROR', () => refused('SYSTEMERROR')],
  ['FREQUENCY_LIMITED', () => refused('FREQUENCY_LIMITED')],
  ['a code that is not known', () => refused('SOMETHING_NEW')],
  ['a code named like a property of every object', () => refused('constructor')],
  ['a refusal without a code', () => handedOn({ return_code: 'SUCCESS', result_code: 'FAIL' })],
  ['success without anything in it', () => done({})],
];

describe.each(UNCERTAIN)('%s', (_name, response) => {
  test.each(['createPayment', 'queryPayment', 'refund', 'queryRefund'] as const)(
    'leaves %s unknown',
    async (operation) => {
      const { gateway, answers } = makeCloudGateway();
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

test('a call that never left is known to have done nothing', async () => {
  const { gateway, answers } = makeCloudGateway();
  const notSent = () => new OutboundError('not_sent', 'connection_refused', 'wechat_cloud');
  answers(notSent(), notSent());
  expect(await gateway.createPayment(payment)).toMatchObject({ outcome: 'not_sent' });
  expect(await gateway.refund(refundRequest)).toMatchObject({ outcome: 'not_sent' });
});

test('a call goes to the link in the clear, and its stored record hides who pays', async () => {
  const { gateway, answers, calls } = makeCloudGateway();
  answers(done(paidTrade));
  await gateway.queryPayment(payment);
  expect(calls).toMatchObject([
    {
      ...{ provider: 'wechat_cloud', operation: 'query', subject: payment.id, isSafeToRepeat: true },
      ...{ method: 'POST', url: 'http://api.weixin.qq.com/_/pay/queryorder' },
      redact: expect.arrayContaining(['openid', 'sub_openid']),
    },
  ]);
});

describe('closing', () => {
  test.each([
    ['is done', done({}), 'closed'],
    ['of a closed trade is done', refused('ORDERCLOSED'), 'closed'],
    ['of a paid trade says so', refused('ORDERPAID'), 'already_paid'],
    ['of an unknown trade says so', refused('ORDERNOTEXIST'), 'not_found'],
    ['that nobody answers stays unknown', refused('SYSTEMERROR'), 'unknown'],
  ] as const)('a trade %s', async (_name, response, outcome) => {
    const { gateway, answers } = makeCloudGateway();
    answers(response);
    expect(await gateway.closePayment(payment)).toMatchObject({ outcome });
  });
});
