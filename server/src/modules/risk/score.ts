/** How risky an attempt to pay looks, from what is known of it. Pure: the same signals always give the same score. */
import type { RiskConfig } from '../../kernel/config/index.ts';
import type { Money } from '../../kernel/money.ts';

export const RISK_FACTORS = [
  'high_amount',
  'high_risk_country',
  'high_failure_rate',
  'suspicious_device',
  'velocity',
] as const;

export type RiskFactor = (typeof RISK_FACTORS)[number];

export type RiskLevel = 'low' | 'medium' | 'high';

/** How earlier attempts went; those without an outcome are not among them. */
export interface Outcomes {
  readonly attempts: number;
  readonly failed: number;
}

/** What is known of an attempt when it is opened. */
export interface RiskSignals {
  readonly amount: Money;
  readonly billingCountry: string | null;
  /** That of the caller's network address, where it is known. */
  readonly addressCountry: string | null;
  readonly customer: Outcomes;
  /** `null` where the caller did not say which device it is. */
  readonly device: Outcomes | null;
  /** Whose attempts were too many within the window. */
  readonly tooMany: readonly ('customer' | 'device' | 'address')[];
}

export interface RiskScore {
  readonly score: number;
  readonly level: RiskLevel;
  readonly factors: readonly { readonly factor: RiskFactor; readonly points: number }[];
}

export type ScoreRules = Omit<RiskConfig, 'velocity' | 'countryFile' | 'holdsHighRisk'>;

function isHighFailureRate({ attempts, failed }: Outcomes, rules: ScoreRules): boolean {
  return attempts > 0 && failed * 10_000 > rules.failureRateBasisPoints * attempts;
}

function holds(factor: RiskFactor, signals: RiskSignals, rules: ScoreRules): boolean {
  const { amount, billingCountry, addressCountry, customer, device } = signals;
  switch (factor) {
    case 'high_amount': {
      const threshold = rules.highAmountOf(amount.currency);
      return threshold !== null && amount.amount > threshold;
    }
    case 'high_risk_country':
      return [billingCountry, addressCountry].some(
        (country) => country !== null && rules.highRiskCountries.has(country),
      );
    case 'high_failure_rate':
      return isHighFailureRate(customer, rules);
    case 'suspicious_device':
      return device !== null && device.failed > rules.deviceFailures;
    case 'velocity':
      return signals.tooMany.length > 0;
  }
}

/** Adds up the points of the factors that hold. Without history there are no points for it. */
export function scoreRisk(signals: RiskSignals, rules: ScoreRules): RiskScore {
  const factors = RISK_FACTORS.filter((factor) => holds(factor, signals, rules))
    .map((factor) => ({ factor, points: rules.weights[factor] }))
    .filter(({ points }) => points > 0);
  const score = factors.reduce((sum, { points }) => sum + points, 0);
  return { score, level: levelOf(score, rules), factors };
}

function levelOf(score: number, rules: ScoreRules): RiskLevel {
  if (score >= rules.highScore) {
    return 'high';
  }
  return score >= rules.mediumScore ? 'medium' : 'low';
}
