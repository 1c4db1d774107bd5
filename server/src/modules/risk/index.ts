/** Judges attempts to pay, keeps the reasons, and lets a person decide on those of high risk. */
import './tables.ts';
import { readFileSync } from 'node:fs';
import type { Clock } from '../../kernel/clock.ts';
import type { RiskConfig } from '../../kernel/config/index.ts';
import { createKeyedHash } from '../../kernel/crypto.ts';
import type { Db } from '../../kernel/db/index.ts';
import type { Router } from '../../kernel/http/index.ts';
import type { Cron, JobHandler } from '../../kernel/jobs/index.ts';
import type { Review } from '../payments/index.ts';
import { readAddressCountries } from './address-countries.ts';
import { type AssessDeps, assessPayment } from './assess-payment.ts';
import type { ReviewedPayments } from './decide-review.ts';
import { handleRiskPrune, riskPrune } from './prune.ts';
import { registerRiskRoutes } from './routes.ts';

/**
 * What payments asks in the transaction that opens an attempt; throws `too_many_payment_attempts` (429) there. Reads the
 * file of address ranges at once, and throws when it is not one.
 */
export function createRiskAssessor({
  config,
  secret,
}: {
  readonly config: RiskConfig;
  readonly secret: string;
}): Review {
  const deps: AssessDeps = {
    config,
    hashAddress: createKeyedHash(secret, 'risk.address'),
    countryOfAddress:
      config.countryFile === null
        ? () => null
        : readAddressCountries(readFileSync(config.countryFile, 'utf8')),
  };
  return (tx, facts) => assessPayment(tx, deps, facts);
}

/** The queue of reviews for staff, and the end of what is private in assessments. */
export function createRisk(deps: {
  readonly db: Db;
  readonly clock: Clock;
  readonly config: RiskConfig;
  /** How long the signals of an assessment are kept. */
  readonly originKeptMs: number;
  readonly payments: ReviewedPayments;
}): {
  readonly registerRoutes: (router: Router) => void;
  readonly jobs: readonly JobHandler[];
  readonly crons: readonly Cron[];
} {
  const { db, clock, config, originKeptMs, payments } = deps;
  return {
    registerRoutes: (router) => registerRiskRoutes(router, { db, payments }),
    jobs: [handleRiskPrune({ db, clock, originKeptMs, windowMs: config.velocity.windowMs })],
    crons: [riskPrune],
  };
}
