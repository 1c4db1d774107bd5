import { describe, expect, it } from 'vitest';
import { hasFailedTry, liveAttempt } from './attempts.ts';

describe('what was begun', () => {
  const attempt = (status: string, method = 'bank_transfer') => ({
    ...{ id: `pay_${status}`, status, method, provider: 'bank', amount: 1, currency: 'CNY' },
    ...{ isSurplus: false, reason: null, transactionId: null, paidAt: null },
    ...{ createdAt: '2026-01-01T00:00:00.000Z', expiresAt: '2026-01-01T00:15:00.000Z' },
  });

  it('is the newest attempt that can still be paid', () => {
    expect(
      liveAttempt({ payments: [attempt('pending', 'a'), attempt('closed'), attempt('failed')] })?.method,
    ).toBe('a');
    expect(liveAttempt({ payments: [attempt('closed')] })).toBeUndefined();
  });

  it('came to nothing when the newest attempt failed', () => {
    expect(hasFailedTry({ payments: [attempt('pending'), attempt('failed')] })).toBe(true);
    expect(hasFailedTry({ payments: [attempt('failed'), attempt('pending')] })).toBe(false);
  });
});
