import { generateKeyPairSync, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { NotificationResult } from '../gateway.ts';
import { createParseNotification, replyTo } from './notification.ts';
import type { FoundRefund } from './refund-reading.ts';
import { createFindKey } from './verify.ts';

interface Vector {
  alipay_public_key_pem: string;
  fields: Record<string, string>;
}

const vector = JSON.parse(
  readFileSync(new URL('./vectors/alipay-notify.json', import.meta.url), 'utf8'),
) as Vector;

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const SELLER = '2088102177891122';
const PAID = {
  notify_id: '2026112000222155624068450559358070',
  notify_type: 'trade_status_sync',
  app_id: '2021000000000001',
  charset: 'utf-8',
  sign_type: 'RSA2',
  seller_id: SELLER,
  trade_no: '2026112022001468450512505578',
  out_trade_no: 'pay_1',
  trade_status: 'TRADE_SUCCESS',
  total_amount: '12.34',
  gmt_payment: '2026-11-20 12:00:00',
  subject: '100% 茶 a+b & c=d',
  buyer_id: '2088102534368455',
};

function encode(fields: Record<string, string>): Buffer {
  return Buffer.from(
    Object.entries(fields)
      .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
      .join('&'),
  );
}

function signed(fields: Record<string, string>, without = ['sign_type']): Buffer {
  const text = Object.keys(fields)
    .filter((name) => !without.includes(name))
    .sort()
    .map((name) => `${name}=${fields[name]}`)
    .join('&');
  return encode({ ...fields, sign: sign('sha256', Buffer.from(text), privateKey).toString('base64') });
}

function parse(
  body: Buffer,
  key = publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  found: FoundRefund = { outcome: 'not_found' },
): Promise<NotificationResult> {
  const asked = createParseNotification({
    findKey: createFindKey({ verification: { mode: 'key', alipayPublicKey: key } }),
    findRefund: () => Promise.resolve(found),
    sellerId: SELLER,
  });
  return asked({ headers: {}, body, receivedAt: 0 });
}

describe("Alipay's own example", () => {
  const read = (fields: Record<string, string>) => parse(encode(fields), vector.alipay_public_key_pem);

  test('is verified, and handed up with what it says', async () => {
    expect(await read(vector.fields)).toEqual({
      outcome: 'verified',
      eventId: '2019081500222155624068450559358070',
      eventType: 'TRADE_SUCCESS',
      merchantAccount: '2088531891668739',
      subject: {
        type: 'payment',
        paymentId: '20190815155618536-564-57',
        result: {
          outcome: 'succeeded',
          facts: {
            amount: { amount: 10, currency: 'CNY' },
            merchantAccount: '2088531891668739',
            appId: '2019073166072302',
            transactionId: '2019081522001468450512505578',
            paidAt: Date.parse('2019-08-15T15:56:24+08:00'),
            payer: '2088102534368455',
          },
        },
      },
    });
  });

  test('is refused when any of it is changed', async () => {
    for (const name of Object.keys(vector.fields).filter((key) => !['sign', 'sign_type'].includes(key))) {
      const changed = { ...vector.fields, [name]: name === 'charset' ? 'GBK' : `${vector.fields[name]}0` };
      expect(await read(changed), name).toMatchObject({ outcome: 'rejected' });
    }
  });
});

describe('a notification', () => {
  test('is verified with a per cent sign, a plus and an ampersand in it, signed with or without sign_type', async () => {
    for (const body of [signed(PAID), signed(PAID, [])]) {
      expect(await parse(body)).toMatchObject({
        outcome: 'verified',
        subject: { type: 'payment', result: { outcome: 'succeeded', facts: { amount: { amount: 1234 } } } },
      });
    }
  });

  test('with a per cent sign that was never encoded is read as it stands', async () => {
    const body = signed(PAID).toString().replace('100%25', '100%');
    expect(await parse(Buffer.from(body))).toMatchObject({ outcome: 'verified' });
  });

  test.each([
    ['WAIT_BUYER_PAY', 'pending'],
    ['TRADE_FINISHED', 'succeeded'],
    ['TRADE_NEW', 'unknown'],
  ])('of the status %s reads %s', async (status, outcome) => {
    const result = await parse(signed({ ...PAID, trade_status: status }));
    expect(result).toMatchObject({ subject: { type: 'payment', result: { outcome } } });
  });

  test('of a trade that was closed unpaid reads closed', async () => {
    const { gmt_payment: _never, ...closed } = { ...PAID, trade_status: 'TRADE_CLOSED' };
    expect(await parse(signed(closed))).toMatchObject({
      subject: { type: 'payment', result: { outcome: 'closed' } },
    });
  });

  test.each(['TRADE_SUCCESS', 'TRADE_CLOSED'])(
    'of a refund (%s) is no payment: it is what its query says, or it is to come again',
    async (status) => {
      const body = signed({ ...PAID, trade_status: status, refund_fee: '2.34', out_biz_no: 'ref_1' });
      expect(await parse(body)).toEqual({ outcome: 'unverified', reason: 'refund_not_confirmed' });
      const facts = {
        amount: { amount: 34, currency: 'CNY' },
        paymentId: 'pay_1',
        merchantAccount: null,
        providerRefundId: 'T:ref_1',
        finishedAt: null,
      };
      expect(await parse(body, undefined, { outcome: 'succeeded', facts })).toMatchObject({
        eventType: 'REFUND',
        subject: {
          type: 'refund',
          refundId: 'ref_1',
          paymentId: 'pay_1',
          result: { outcome: 'succeeded', facts: { amount: { amount: 34 }, merchantAccount: SELLER } },
        },
      });
    },
  );

  test('of a refund of another merchant asks nothing and is handed up as theirs', async () => {
    const seller_id = '2088000000000000';
    const body = signed({ ...PAID, seller_id, refund_fee: '2.34', out_biz_no: 'ref_1' });
    expect(await parse(body)).toMatchObject({ outcome: 'verified', merchantAccount: seller_id });
  });

  test('about something else is verified and nothing that we act on', async () => {
    const body = signed({ notify_id: '1', notify_type: 'dut_user_sign', app_id: '2021', sign_type: 'RSA2' });
    expect(await parse(body)).toMatchObject({ outcome: 'verified', subject: { type: 'other' } });
  });

  test('that is unsigned, signed otherwise, twice itself or no form is rejected', async () => {
    const body = signed(PAID).toString();
    const cases: [string, object][] = [
      [encode(PAID).toString(), { status: 401, reason: 'unsigned' }],
      [body.replace('sign_type=RSA2', 'sign_type=RSA'), { status: 401, reason: 'unknown_sign_type' }],
      [body.replace('12.34', '12.35'), { status: 401, reason: 'bad_signature' }],
      [`${body}&total_amount=99.00`, { status: 400, reason: 'malformed' }],
      [body.replace('charset=utf-8', 'charset=utf-16'), { status: 400, reason: 'malformed' }],
      ['', { status: 400, reason: 'malformed' }],
      ['{"a":1}', { status: 401, reason: 'unsigned' }],
    ];
    for (const [text, rejection] of cases) {
      expect(await parse(Buffer.from(text)), text).toEqual({ outcome: 'rejected', ...rejection });
    }
  });
});

test('the answer is the word that Alipay waits for, or a failure that makes it come again', () => {
  expect(replyTo(true)).toEqual({ status: 200, headers: { 'content-type': 'text/plain' }, body: 'success' });
  expect(replyTo(false)).toMatchObject({ status: 500, body: 'fail' });
});
