/**
 * Judges an attempt to pay in the transaction that opens it. Invariant: every attempt that was opened has exactly one
 * assessment with its reasons, and one of high risk is not sent to its provider before a person has said so.
 *
 * Crash story: counters, assessment and the attempt's row are one transaction. What is looked at (earlier attempts)
 * may change a moment later; only the counters are a limit, and they hold under any number of requests at once.
 */
import type { RiskConfig } from '../../kernel/config/index.ts';
import { insertRow, type Tx } from '../../kernel/db/index.ts';
import { newId } from '../../kernel/ids.ts';
import type { ReviewFacts, ReviewVerdict } from '../payments/index.ts';
import type { CountryOfAddress } from './address-countries.ts';
import { readCustomerOutcomes, readDeviceOutcomes } from './outcomes.ts';
import { type RiskScore, type RiskSignals, scoreRisk } from './score.ts';
import type { RiskAssessmentRow } from './tables.ts';
import { countAttempt } from './velocity.ts';

export interface AssessDeps {
  readonly config: RiskConfig;
  /** A keyed hash of a network address. */
  hashAddress(address: string): string;
  /** Of a network address, where a file says it. */
  readonly countryOfAddress: CountryOfAddress;
}

/** Writes the assessment down and answers whether the attempt waits for a person. Throws `too_many_payment_attempts` (429). */
export async function assessPayment(tx: Tx, deps: AssessDeps, facts: ReviewFacts): Promise<ReviewVerdict> {
  const { config } = deps;
  const addressHash = facts.ip === null ? null : deps.hashAddress(facts.ip);
  const tooMany = await countAttempt(tx, config.velocity, {
    customer: facts.customerId,
    device: facts.deviceHash,
    address: addressHash,
  });
  const signals: RiskSignals = {
    amount: facts.amount,
    billingCountry: facts.country,
    addressCountry: facts.ipCountry ?? (facts.ip === null ? null : deps.countryOfAddress(facts.ip)),
    customer: await readCustomerOutcomes(tx, facts.customerId, config.failureAttempts),
    device:
      facts.deviceHash === null
        ? null
        : await readDeviceOutcomes(tx, facts.deviceHash, config.deviceAttempts),
    tooMany,
  };
  const risk = scoreRisk(signals, config);
  const verdict = risk.level === 'high' && config.holdsHighRisk ? 'review' : 'pass';
  await insertRow(tx, 'risk_assessments', toRow(tx, facts, { signals, risk, verdict, addressHash }));
  return { verdict };
}

interface Judgement {
  readonly signals: RiskSignals;
  readonly risk: RiskScore;
  readonly verdict: ReviewVerdict['verdict'];
  readonly addressHash: string | null;
}

function toRow(tx: Tx, facts: ReviewFacts, judgement: Judgement): RiskAssessmentRow {
  const { risk, verdict, addressHash } = judgement;
  const { amount, ...signals } = judgement.signals;
  return {
    id: newId('rsk'),
    payment_id: facts.paymentId,
    purpose_type: facts.purpose.type,
    purpose_id: facts.purpose.id,
    customer_id: facts.customerId,
    amount: amount.amount,
    currency: amount.currency,
    method: facts.method,
    score: risk.score,
    level: risk.level,
    verdict,
    factors: JSON.stringify(risk.factors),
    signals: JSON.stringify(signals),
    device_hash: facts.deviceHash,
    address_hash: addressHash,
    decision: null,
    decided_by: null,
    decision_note: null,
    decided_at: null,
    created_at: tx.now,
  };
}
