import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { riskConfig } from '../../../test/harness/risk.ts';
import { type RiskSignals, scoreRisk } from './score.ts';

const rules = riskConfig({ RISK_HIGH_RISK_COUNTRIES: 'XX,YY' });

const harmless: RiskSignals = {
  amount: { amount: 100_000, currency: 'CNY' },
  billingCountry: 'CN',
  addressCountry: null,
  customer: { attempts: 0, failed: 0 },
  device: null,
  tooMany: [],
};
const score = (changes: Partial<RiskSignals>) => scoreRisk({ ...harmless, ...changes }, rules);

describe('the score of an attempt', () => {
  test('nothing known and a usual amount give no points', () => {
    expect(score({})).toEqual({ score: 0, level: 'low', factors: [] });
  });

  test('an amount above a thousand of the major unit is high, exactly a thousand is not', () => {
    expect(score({ amount: { amount: 100_001, currency: 'CNY' } }).factors).toEqual([
      { factor: 'high_amount', points: 20 },
    ]);
    expect(score({ amount: { amount: 1_001, currency: 'JPY' } }).score).toBe(20);
    expect(score({ amount: { amount: 100_001, currency: 'KWD' } }).score).toBe(0);
  });

  test('a country of high risk counts once, whether the bill or the address says it', () => {
    expect(score({ billingCountry: 'XX' }).score).toBe(30);
    expect(score({ addressCountry: 'YY' }).score).toBe(30);
    expect(score({ billingCountry: 'XX', addressCountry: 'YY' }).score).toBe(30);
  });

  test('three failures of ten are no high rate, four are', () => {
    expect(score({ customer: { attempts: 10, failed: 3 } }).score).toBe(0);
    expect(score({ customer: { attempts: 10, failed: 4 } }).score).toBe(25);
    expect(score({ customer: { attempts: 1, failed: 1 } }).level).toBe('medium');
  });

  test('a device is suspicious from the third failure on', () => {
    expect(score({ device: { attempts: 5, failed: 2 } }).score).toBe(0);
    expect(score({ device: { attempts: 5, failed: 3 } }).score).toBe(15);
  });

  test('a high amount from a country of high risk is of high risk', () => {
    expect(score({ amount: { amount: 500_000, currency: 'USD' }, billingCountry: 'XX' }).level).toBe('high');
  });

  test('weights, scores and amounts are settings, and a factor without points is none', () => {
    const other = riskConfig({
      RISK_WEIGHTS: '{"high_amount":0,"high_failure_rate":7}',
      RISK_HIGH_SCORE: '7',
      RISK_MEDIUM_SCORE: '3',
      RISK_HIGH_AMOUNT: '{"CNY":5000,"USD":99}',
    });
    expect(other.highAmountOf('CNY')).toBe(500_000);
    expect(other.highAmountOf('USD')).toBe(9_900);
    expect(other.highAmountOf('EUR')).toBeNull();
    const signals = { ...harmless, amount: { amount: 1e9, currency: 'CNY' } };
    expect(scoreRisk(signals, other)).toEqual({ score: 0, level: 'low', factors: [] });
    expect(scoreRisk({ ...signals, customer: { attempts: 1, failed: 1 } }, other).level).toBe('high');
  });
});

const outcomes = fc
  .tuple(fc.nat(100), fc.nat(100))
  .map(([a, b]) => ({ attempts: Math.max(a, b), failed: Math.min(a, b) }));
const country = fc.constantFrom(null, 'CN', 'US', 'XX', 'YY');
const anySignals = fc.record({
  amount: fc.record({ amount: fc.nat(10_000_000), currency: fc.constantFrom('CNY', 'JPY', 'KWD', 'BTC') }),
  billingCountry: country,
  addressCountry: country,
  customer: outcomes,
  device: fc.option(outcomes),
  tooMany: fc.subarray(['customer', 'device', 'address'] as const),
});

describe('laws of the score', () => {
  test('it is the sum of its factors, between nothing and all of them', () => {
    fc.assert(
      fc.property(anySignals, (signals) => {
        const { score: sum, factors } = scoreRisk(signals, rules);
        expect(factors.reduce((total, { points }) => total + points, 0)).toBe(sum);
        expect(sum).toBeGreaterThanOrEqual(0);
        expect(sum).toBeLessThanOrEqual(140);
        expect(new Set(factors.map(({ factor }) => factor)).size).toBe(factors.length);
      }),
    );
  });

  test('more money and more failures never make it less risky', () => {
    const worsen = (signals: RiskSignals, more: number, failures: number) => {
      const worse = {
        ...signals,
        amount: { ...signals.amount, amount: signals.amount.amount + more },
        customer: {
          attempts: signals.customer.attempts,
          failed: Math.min(signals.customer.attempts, signals.customer.failed + failures),
        },
        tooMany: ['customer' as const],
      };
      expect(scoreRisk(worse, rules).score).toBeGreaterThanOrEqual(scoreRisk(signals, rules).score);
    };
    fc.assert(fc.property(anySignals, fc.nat(1_000_000), fc.nat(10), worsen));
  });

  test('without history and without a device there are no points for them', () => {
    fc.assert(
      fc.property(anySignals, (signals) => {
        const fresh = { ...signals, customer: { attempts: 0, failed: 0 }, device: null };
        const names = scoreRisk(fresh, rules).factors.map(({ factor }) => factor);
        expect(names).not.toContain('high_failure_rate');
        expect(names).not.toContain('suspicious_device');
      }),
    );
  });
});
