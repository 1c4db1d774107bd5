import { expect, test } from 'vitest';
import { riskConfig } from '../../../test/harness/risk.ts';

test.each([
  [{ RISK_WEIGHTS: '{"high_amount":-1}' }, 'RISK_WEIGHTS'],
  [{ RISK_WEIGHTS: '{"tall_customer":5}' }, 'RISK_WEIGHTS'],
  [{ RISK_WEIGHTS: 'high_amount=5' }, 'RISK_WEIGHTS'],
  [{ RISK_HIGH_AMOUNT: 'much' }, 'RISK_HIGH_AMOUNT'],
  [{ RISK_HIGH_AMOUNT: '{"CNY":10.5}' }, 'RISK_HIGH_AMOUNT'],
  [{ RISK_HIGH_AMOUNT: '{"XYZ":10}' }, 'RISK_HIGH_AMOUNT'],
  [{ RISK_HIGH_RISK_COUNTRIES: 'Utopia' }, 'RISK_HIGH_RISK_COUNTRIES'],
  [{ RISK_MEDIUM_SCORE: '60' }, 'RISK_MEDIUM_SCORE'],
  [{ RISK_COUNTRY_HEADER: 'CF-IPCountry' }, 'RISK_COUNTRY_HEADER'],
  [{ RISK_VELOCITY_ACTION: 'shout' }, 'RISK_VELOCITY_ACTION'],
])('%j is refused at start', (settings, name) => {
  expect(() => riskConfig(settings)).toThrow(name);
});

test('a weight that is named changes, the others keep their defaults', () => {
  expect(riskConfig({ RISK_WEIGHTS: '{"velocity":0}' }).weights).toEqual({
    ...{ high_amount: 20, high_risk_country: 30, high_failure_rate: 25, suspicious_device: 15 },
    velocity: 0,
  });
});
