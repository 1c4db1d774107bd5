import { describe, expect, test } from 'vitest';
import { isTopupMoving, phaseOfTopup } from './top-up-state.ts';

const at = (status: string, paymentStatus: string, rechargeStatus: string) => ({
  ...{ status, paymentStatus, rechargeStatus },
});

describe('where a top-up stands', () => {
  test.each([
    [at('pending', 'unpaid', 'unfulfilled'), 'unpaid'],
    [at('closed', 'unpaid', 'unfulfilled'), 'over'],
    [at('confirmed', 'paid', 'unfulfilled'), 'waiting'],
    [at('confirmed', 'paid', 'in_progress'), 'delivering'],
    [at('completed', 'paid', 'fulfilled'), 'delivered'],
    [at('confirmed', 'paid', 'unknown'), 'checking'],
    [at('confirmed', 'paid', 'failed'), 'failed'],
    [at('confirmed', 'refund_pending', 'cancelled'), 'refunding'],
    [at('confirmed', 'refunded', 'cancelled'), 'refunded'],
  ])('%o is %s', (standing, phase) => {
    expect(phaseOfTopup(standing)).toBe(phase);
  });

  test('only what can not change by itself is no longer asked for', () => {
    expect(isTopupMoving(at('completed', 'paid', 'fulfilled'))).toBe(false);
    expect(isTopupMoving(at('confirmed', 'refunded', 'cancelled'))).toBe(false);
    expect(isTopupMoving(at('confirmed', 'paid', 'unknown'))).toBe(true);
  });
});
