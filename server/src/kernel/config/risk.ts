import { z } from 'zod';
import { parseJson, readAmounts } from './amounts.ts';
import type { Settings } from './keys.ts';

/** What each factor adds to the score of an attempt to pay. */
export interface RiskWeights {
  readonly high_amount: number;
  readonly high_risk_country: number;
  readonly high_failure_rate: number;
  readonly suspicious_device: number;
  readonly velocity: number;
}

/** How many attempts may begin within a window. */
export interface VelocityLimits {
  readonly windowMs: number;
  /** 0 counts nothing. */
  readonly customer: number;
  readonly device: number;
  readonly address: number;
  /** What becomes of the attempt after the last one: refused with 429, or `velocity` added to its score. */
  readonly action: 'refuse' | 'review';
}

/** How attempts to pay are judged. */
export interface RiskConfig {
  /** Whether a high score waits for a person; without it, it is only written down. */
  readonly holdsHighRisk: boolean;
  readonly weights: RiskWeights;
  readonly highScore: number;
  readonly mediumScore: number;
  /** Minor units by currency; above it an amount is high. `null` where no amount is. */
  highAmountOf(currency: string): number | null;
  readonly highRiskCountries: ReadonlySet<string>;
  readonly failureRateBasisPoints: number;
  readonly failureAttempts: number;
  readonly deviceFailures: number;
  readonly deviceAttempts: number;
  readonly velocity: VelocityLimits;
  /** A file of address ranges and their countries; `null` without one. */
  readonly countryFile: string | null;
}

const DEFAULT_WEIGHTS: RiskWeights = {
  high_amount: 20,
  high_risk_country: 30,
  high_failure_rate: 25,
  suspicious_device: 15,
  velocity: 50,
};

const points = z.int().min(0).max(1_000);
const weightsSchema = z.strictObject({
  high_amount: points.optional(),
  high_risk_country: points.optional(),
  high_failure_rate: points.optional(),
  suspicious_device: points.optional(),
  velocity: points.optional(),
});

function readWeights(settings: Settings, problems: string[]): RiskWeights {
  const given = parseJson(settings.RISK_WEIGHTS, weightsSchema);
  if (given === undefined) {
    const names = Object.keys(DEFAULT_WEIGHTS).join(', ');
    problems.push(`RISK_WEIGHTS: must be a JSON object of points (0 to 1000) by ${names}`);
  }
  const chosen = Object.entries(given ?? {}).filter(([, value]) => value !== undefined);
  return { ...DEFAULT_WEIGHTS, ...Object.fromEntries(chosen) };
}

function readCountries(settings: Settings, problems: string[]): ReadonlySet<string> {
  const wrong = settings.RISK_HIGH_RISK_COUNTRIES.filter((code) => !/^[A-Z]{2}$/.test(code));
  if (wrong.length > 0) {
    problems.push(`RISK_HIGH_RISK_COUNTRIES: ${wrong.join(', ')}: must be codes of two capital letters`);
  }
  return new Set(settings.RISK_HIGH_RISK_COUNTRIES);
}

/** What `RISK_*` says. Adds what is wrong to `problems`. */
export function readRisk(settings: Settings, problems: string[]): RiskConfig {
  if (settings.RISK_MEDIUM_SCORE > settings.RISK_HIGH_SCORE) {
    problems.push('RISK_MEDIUM_SCORE: must not be above RISK_HIGH_SCORE');
  }
  if (settings.RISK_COUNTRY_HEADER !== undefined && settings.TRUST_PROXY.length === 0) {
    problems.push('RISK_COUNTRY_HEADER: needs TRUST_PROXY, or every caller could say where they are');
  }
  return {
    holdsHighRisk: settings.RISK_REVIEW,
    weights: readWeights(settings, problems),
    highScore: settings.RISK_HIGH_SCORE,
    mediumScore: settings.RISK_MEDIUM_SCORE,
    highAmountOf: readAmounts(settings, 'RISK_HIGH_AMOUNT', problems),
    highRiskCountries: readCountries(settings, problems),
    failureRateBasisPoints: settings.RISK_FAILURE_RATE_BASIS_POINTS,
    failureAttempts: settings.RISK_FAILURE_ATTEMPTS,
    deviceFailures: settings.RISK_DEVICE_FAILURES,
    deviceAttempts: settings.RISK_DEVICE_ATTEMPTS,
    velocity: {
      windowMs: settings.RISK_VELOCITY_MINUTES,
      customer: settings.RISK_VELOCITY_CUSTOMER,
      device: settings.RISK_VELOCITY_DEVICE,
      address: settings.RISK_VELOCITY_ADDRESS,
      action: settings.RISK_VELOCITY_ACTION,
    },
    countryFile: settings.RISK_COUNTRY_FILE ?? null,
  };
}
