import { describe, expect, it } from 'vitest';
import { nextQuestionMs, phaseOf } from './follow.ts';

const payable = {
  status: 'pending',
  paymentStatus: 'unpaid',
  isClosing: false,
  expiresAt: '2026-01-01T00:15:00.000Z',
  payments: [],
  refunds: [],
};
const calm = { failures: 0, followedMs: 0 };

describe('following a payment', () => {
  it('asks every two seconds for as long as the order can be paid', () => {
    expect(nextQuestionMs(payable, { failures: 0, followedMs: 24 * 3_600_000 })).toBe(2_000);
  });

  it('backs off while there is no answer, up to half a minute', () => {
    const waits = [1, 2, 3, 4, 9].map((failures) => nextQuestionMs(payable, { failures, followedMs: 0 }));
    expect(waits).toEqual([4_000, 8_000, 16_000, 30_000, 30_000]);
  });

  it('stops once the order is paid', () => {
    const paid = { ...payable, status: 'confirmed', paymentStatus: 'paid' };
    expect(phaseOf(paid)).toBe('paid');
    expect(nextQuestionMs(paid, calm)).toBe(false);
  });

  it('goes on after closing while late money is on its way back', () => {
    const refund = {
      id: 'ref_1',
      paymentId: 'pay_1',
      status: 'sent',
      amount: 1,
      currency: 'CNY',
      reason: null,
      origin: 'late',
      to: 'payer' as const,
      isByHand: false,
      isSurplus: true,
      createdAt: '2026-01-01T00:00:00.000Z',
      succeededAt: null,
    };
    const closed = { ...payable, status: 'closed', expiresAt: null };
    expect(nextQuestionMs(closed, calm)).toBe(false);
    expect(nextQuestionMs({ ...closed, refunds: [refund] }, calm)).toBe(10_000);
    expect(nextQuestionMs({ ...closed, refunds: [refund] }, { failures: 0, followedMs: 3_600_000 })).toBe(
      false,
    );
  });

  it('says that an expired order is being closed until it is', () => {
    expect(phaseOf({ ...payable, expiresAt: null })).toBe('closing');
    expect(phaseOf({ ...payable, isClosing: true })).toBe('closing');
  });

  it('offers no second payment while a person decides over money that does not match', () => {
    const payment = {
      id: 'pay_1',
      status: 'unknown',
      reason: 'mismatch',
      method: 'wechat_native',
      provider: 'wechat_pay',
      amount: 1,
      currency: 'CNY',
      to: 'payer' as const,
      isByHand: false,
      isSurplus: false,
      transactionId: null,
      createdAt: '2026-01-01T00:00:00.000Z',
      expiresAt: '2026-01-01T00:15:00.000Z',
      paidAt: null,
    };
    expect(phaseOf({ ...payable, payments: [payment] })).toBe('checking');
  });
});
