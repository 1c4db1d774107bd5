import { describe, expect, test } from 'vitest';
import {
  doneRefund,
  encrypt,
  MCHID,
  makeGateway,
  NOW,
  notificationOf,
  paidTrade,
  payment,
  refundRequest,
  signedHeaders,
} from '../../../test/harness/wechat-pay.ts';

const { gateway } = makeGateway();

const { status: _status, ...refundOfNotification } = {
  ...doneRefund,
  mchid: MCHID,
  refund_status: 'SUCCESS',
  amount: { total: 100, refund: 40, payer_total: 90, payer_refund: 36 },
};

function received(
  body: string | Buffer,
  headers: Record<string, string> = signedHeaders(body.toString(), NOW),
) {
  return gateway.parseNotification({ headers, body: Buffer.from(body), receivedAt: NOW });
}

describe('a notification', () => {
  test('of a payment reads like the query of its trade', async () => {
    expect(await gateway.parseNotification(notificationOf('TRANSACTION.SUCCESS', paidTrade))).toEqual({
      outcome: 'verified',
      eventId: 'EV-2018022511223320873',
      eventType: 'TRANSACTION.SUCCESS',
      merchantAccount: MCHID,
      subject: {
        type: 'payment',
        paymentId: payment.id,
        result: {
          outcome: 'succeeded',
          facts: {
            amount: { amount: 100, currency: 'CNY' },
            merchantAccount: MCHID,
            appId: paidTrade.appid,
            transactionId: paidTrade.transaction_id,
            paidAt: Date.parse('2026-11-20T12:01:02Z'),
            payer: paidTrade.payer.openid,
          },
        },
      },
    });
  });

  test('of another merchant or app is handed up with what it says', async () => {
    const foreign = { ...paidTrade, mchid: '1230000109', appid: 'wxother' };
    expect(await gateway.parseNotification(notificationOf('TRANSACTION.SUCCESS', foreign))).toMatchObject({
      merchantAccount: '1230000109',
      subject: { result: { facts: { merchantAccount: '1230000109', appId: 'wxother' } } },
    });
  });

  test.each([
    ['REFUND.SUCCESS', 'SUCCESS', 'succeeded'],
    ['REFUND.ABNORMAL', 'ABNORMAL', 'abnormal'],
    ['REFUND.CLOSED', 'CLOSED', 'failed'],
  ])('%s is read from refund_status', async (eventType, status, outcome) => {
    const plain = { ...refundOfNotification, refund_status: status };
    expect(await gateway.parseNotification(notificationOf(eventType, plain))).toMatchObject({
      outcome: 'verified',
      eventType,
      merchantAccount: MCHID,
      subject: { type: 'refund', refundId: refundRequest.id, paymentId: payment.id, result: { outcome } },
    });
  });

  test('of a refund carries the amount returned and the merchant', async () => {
    const parsed = await gateway.parseNotification(notificationOf('REFUND.SUCCESS', refundOfNotification));
    expect(parsed).toMatchObject({
      subject: { result: { facts: { amount: { amount: 40, currency: 'CNY' }, merchantAccount: MCHID } } },
    });
  });

  test('of a kind that we do not act on is verified all the same', async () => {
    const parsed = await gateway.parseNotification(
      notificationOf('PAYSCORE.USER_OPEN_SERVICE', { any: 'thing' }),
    );
    expect(parsed).toMatchObject({ outcome: 'verified', subject: { type: 'other' }, merchantAccount: MCHID });
  });

  test('of a paid trade that lacks what money is booked with is unknown, not lost', async () => {
    const plain = { ...paidTrade, transaction_id: undefined };
    expect(await gateway.parseNotification(notificationOf('TRANSACTION.SUCCESS', plain))).toMatchObject({
      outcome: 'verified',
      subject: { paymentId: payment.id, result: { outcome: 'unknown' } },
    });
  });

  test('that is cut off, changed or unsigned is refused', async () => {
    const good = notificationOf('TRANSACTION.SUCCESS', paidTrade);
    const bad = { outcome: 'rejected', status: 401, reason: 'bad_signature' };
    const half = good.body.subarray(0, good.body.length / 2);
    expect(await gateway.parseNotification({ ...good, body: half })).toEqual(bad);
    expect(
      await gateway.parseNotification({ ...good, body: Buffer.concat([good.body, Buffer.from(' ')]) }),
    ).toEqual(bad);
    expect(await gateway.parseNotification({ ...good, headers: {} })).toEqual({ ...bad, reason: 'unsigned' });
    expect(await gateway.parseNotification({ ...good, receivedAt: NOW + 300_000 })).toEqual({
      ...bad,
      reason: 'stale',
    });
  });

  test("that is WeChat Pay's probe is refused", async () => {
    const good = notificationOf('TRANSACTION.SUCCESS', paidTrade);
    const headers = { ...good.headers, 'wechatpay-signature': 'WECHATPAY/SIGNTEST/abc' };
    expect(await gateway.parseNotification({ ...good, headers })).toMatchObject({
      status: 401,
      reason: 'signature_probe',
    });
  });

  test('that is signed but is no notification is refused', async () => {
    for (const body of ['', 'null', '[]', '{}', '{"id":"a","event_type":"TRANSACTION.SUCCESS"}', '\ufeff{']) {
      expect(await received(body)).toEqual({ outcome: 'rejected', status: 400, reason: 'malformed' });
    }
  });

  test('that is signed but encrypted under another key is refused', async () => {
    const resource = encrypt(JSON.stringify(paidTrade), 'transaction', 'f'.repeat(32));
    const body = JSON.stringify({ id: 'a', event_type: 'TRANSACTION.SUCCESS', resource });
    expect(await received(body)).toEqual({ outcome: 'rejected', status: 400, reason: 'undecryptable' });
  });

  test('whose plain text says nothing about a payment or refund is refused', async () => {
    for (const eventType of ['TRANSACTION.SUCCESS', 'REFUND.SUCCESS']) {
      for (const plain of ['not json', '{}', 'null']) {
        expect(await gateway.parseNotification(notificationOf(eventType, plain))).toEqual({
          outcome: 'rejected',
          status: 400,
          reason: 'malformed_resource',
        });
      }
    }
  });
});

describe('the old XML notification', () => {
  const xml = '<xml><return_code>SUCCESS</return_code><req_info><![CDATA[…]]></req_info></xml>';

  test('is a hint, because it can not be verified', async () => {
    expect(await received(xml, {})).toEqual({ outcome: 'hint', reason: 'v2_xml' });
    expect(await received(`\n ${xml}`, {})).toEqual({ outcome: 'hint', reason: 'v2_xml' });
  });

  test('is no hint when it claims a signature', async () => {
    const headers = { ...signedHeaders(xml, NOW), 'wechatpay-nonce': 'other' };
    expect(await received(xml, headers)).toMatchObject({ outcome: 'rejected', reason: 'bad_signature' });
  });
});

test('the answer to a notification is 204 without a body, or a failure that makes it come again', () => {
  expect(gateway.replyTo(true)).toEqual({ status: 204, headers: {}, body: '' });
  const again = gateway.replyTo(false);
  expect(again.status).toBe(500);
  expect(JSON.parse(again.body)).toMatchObject({ code: 'FAIL' });
});
