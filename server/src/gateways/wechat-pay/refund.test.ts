import { describe, expect, test } from 'vitest';
import {
  answer,
  doneRefund,
  makeGateway,
  payment,
  refundRequest,
  refusal,
} from '../../../test/harness/wechat-pay.ts';
import { REFUND_STATUSES } from './refund-reading.ts';

const notFound = refusal(404, 'RESOURCE_NOT_EXISTS');

const facts = {
  amount: { amount: 40, currency: 'CNY' },
  paymentId: payment.id,
  merchantAccount: null,
  providerRefundId: '50000000382019052709732678859',
  finishedAt: Date.parse('2026-11-20T12:10:00Z'),
};

describe('a refund', () => {
  test('sends all three parts of the amount and is never repeated by the client', async () => {
    const { gateway, calls, answers } = makeGateway();
    answers(answer(doneRefund));
    expect(await gateway.refund(refundRequest)).toEqual({ outcome: 'succeeded', facts });
    expect(calls[0]).toMatchObject({
      operation: 'refund',
      subject: refundRequest.id,
      method: 'POST',
      url: 'https://pay.example.test/v3/refund/domestic/refunds',
      isSafeToRepeat: false,
    });
    expect(JSON.parse(String(calls[0]?.body))).toEqual({
      out_trade_no: payment.id,
      out_refund_no: refundRequest.id,
      reason: 'too small',
      notify_url: refundRequest.notifyUrl,
      amount: { refund: 40, total: 100, currency: 'CNY' },
    });
  });

  test('sends no reason when there is none that WeChat Pay takes, and at most 80 bytes', async () => {
    const { gateway, calls, answers } = makeGateway();
    answers(answer(doneRefund), answer(doneRefund), answer(doneRefund));
    for (const reason of [null, '🍵', '退'.repeat(200)]) {
      await gateway.refund({ ...refundRequest, reason });
    }
    const reasons = calls.map((call) => JSON.parse(String(call.body)).reason);
    expect(reasons).toEqual([undefined, undefined, '退'.repeat(26)]);
  });

  test('in every status that WeChat Pay documents means exactly one thing', async () => {
    const { gateway, answers } = makeGateway();
    const outcomes: string[][] = [];
    for (const status of Object.keys(REFUND_STATUSES)) {
      answers(answer({ ...doneRefund, status }));
      outcomes.push([status, (await gateway.queryRefund(refundRequest)).outcome]);
    }
    expect(outcomes).toEqual([
      ['SUCCESS', 'succeeded'],
      ['PROCESSING', 'pending'],
      ['ABNORMAL', 'abnormal'],
      ['CLOSED', 'failed'],
    ]);
  });

  test('in a status that is not known, or in none, is unknown', async () => {
    const { gateway, answers } = makeGateway();
    for (const status of ['DONE', 'toString', undefined]) {
      answers(answer({ ...doneRefund, status }));
      expect(await gateway.refund(refundRequest)).toMatchObject({ outcome: 'unknown' });
    }
  });

  test('that is under way has no end yet', async () => {
    const { gateway, answers } = makeGateway();
    answers(answer({ ...doneRefund, status: 'PROCESSING', success_time: undefined }));
    expect(await gateway.refund(refundRequest)).toEqual({
      outcome: 'pending',
      facts: { ...facts, finishedAt: null },
    });
  });

  test('does not take the answer about another refund for its own', async () => {
    const { gateway, answers } = makeGateway();
    answers(answer({ ...doneRefund, out_refund_no: 'ref_other' }));
    expect(await gateway.refund(refundRequest)).toMatchObject({
      outcome: 'unknown',
      reason: { code: 'foreign_answer' },
    });
  });
});

describe('a refused refund', () => {
  test('for want of balance is refused for now, so that the same number is sent again', async () => {
    const { gateway, calls, answers } = makeGateway();
    answers(refusal(403, 'NOT_ENOUGH'));
    expect(await gateway.refund(refundRequest)).toMatchObject({
      outcome: 'refused_for_now',
      reason: { code: 'NOT_ENOUGH' },
    });
    expect(calls).toHaveLength(1);
  });

  test.each([
    [400, 'INVALID_REQUEST'],
    [403, 'RULE_LIMIT'],
    [403, 'NO_AUTH'],
  ])('%i %s keeps its number, because the rule may pass', async (status, code) => {
    const { gateway, answers } = makeGateway();
    answers(refusal(status, code), notFound);
    expect(await gateway.refund(refundRequest)).toMatchObject({
      outcome: 'refused_for_now',
      reason: { code },
    });
  });

  test.each([
    [403, 'USER_ACCOUNT_ABNORMAL'],
    [403, 'TRADE_OVERDUE'],
    [400, 'PARAM_ERROR'],
    [403, 'REFUND_FEE_MISMATCH'],
    [404, 'RESOURCE_NOT_EXISTS'],
  ])('%i %s has failed once a query has found nothing', async (status, code) => {
    const { gateway, calls, answers } = makeGateway();
    answers(refusal(status, code), notFound);
    expect(await gateway.refund(refundRequest)).toMatchObject({ outcome: 'failed', reason: { code } });
    expect(calls.map(({ operation }) => operation)).toEqual(['refund', 'query_refund']);
  });

  test('has not failed when an earlier request with its number was carried out', async () => {
    const { gateway, answers } = makeGateway();
    answers(refusal(400, 'PARAM_ERROR'), answer(doneRefund));
    expect(await gateway.refund(refundRequest)).toEqual({ outcome: 'succeeded', facts });
    answers(refusal(400, 'INVALID_REQUEST'), answer({ ...doneRefund, status: 'PROCESSING' }));
    expect(await gateway.refund(refundRequest)).toMatchObject({ outcome: 'pending' });
    answers(refusal(403, 'USER_ACCOUNT_ABNORMAL'), refusal(429, 'FREQUENCY_LIMITED'));
    expect(await gateway.refund(refundRequest)).toMatchObject({ outcome: 'unknown' });
  });
});

describe('the query of a refund', () => {
  test('asks by our number', async () => {
    const { gateway, calls, answers } = makeGateway();
    answers(answer(doneRefund));
    expect(await gateway.queryRefund(refundRequest)).toEqual({ outcome: 'succeeded', facts });
    expect(calls[0]?.url).toBe(`https://pay.example.test/v3/refund/domestic/refunds/${refundRequest.id}`);
  });

  test('that finds nothing says so, and only then', async () => {
    const { gateway, answers } = makeGateway();
    answers(notFound, refusal(404, 'MCH_NOT_EXISTS'), refusal(400, 'PARAM_ERROR'));
    expect(await gateway.queryRefund(refundRequest)).toEqual({ outcome: 'not_found' });
    expect(await gateway.queryRefund(refundRequest)).toMatchObject({ outcome: 'unknown' });
    expect(await gateway.queryRefund(refundRequest)).toMatchObject({ outcome: 'unknown' });
  });
});
