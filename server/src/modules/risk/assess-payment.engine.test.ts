import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openPaymentsBench, type PaymentsBench } from '../../../test/harness/payments.ts';
import { riskConfig } from '../../../test/harness/risk.ts';
import { DAY_MS, MINUTE_MS } from '../../kernel/clock.ts';
import { createWorker } from '../../kernel/jobs/index.ts';
import { silentLogger } from '../../kernel/log/index.ts';
import type { ReviewFacts } from '../payments/index.ts';
import { createRisk, createRiskAssessor } from './index.ts';

const SECRET = 'a secret that is long enough for tests';
const DECLINED = { answer: { outcome: 'declined', reason: { code: 'NO_MONEY', message: 'no' } } };

let next = 0;

function attemptOf(changes: Partial<ReviewFacts> = {}): ReviewFacts {
  next += 1;
  return {
    paymentId: `pay_judged_${next}`,
    purpose: { type: 'order', id: `ord_judged_${next}` },
    customerId: `usr_${next}`,
    kind: 'goods',
    method: 'wechat_native',
    provider: 'fake_pay',
    amount: { amount: 10_000, currency: 'CNY' },
    ip: '203.0.113.7',
    ipCountry: null,
    deviceHash: null,
    country: 'CN',
    ...changes,
  };
}

describe('judging an attempt to pay', () => {
  let bench: PaymentsBench;
  beforeAll(async () => {
    bench = await openPaymentsBench();
  });
  afterAll(() => bench.closeBench());

  function judge(facts: ReviewFacts, settings: Readonly<Record<string, string>> = {}) {
    const assess = createRiskAssessor({ config: riskConfig(settings), secret: SECRET });
    return bench.db.tx('test.assess', async (tx) => (await assess(tx, facts)).verdict);
  }
  const assessmentOf = ({ paymentId }: ReviewFacts) =>
    bench.db.query
      .selectFrom('risk_assessments')
      .selectAll()
      .where('payment_id', '=', paymentId)
      .executeTakeFirstOrThrow();
  const factorsOf = async (facts: ReviewFacts) =>
    (JSON.parse((await assessmentOf(facts)).factors) as { factor: string }[]).map(({ factor }) => factor);
  /** Attempts of one customer and device, oldest first: paid, declined, or declined once and still open. */
  async function pastOf(
    customerId: string,
    device: string,
    outcomes: readonly ('paid' | 'declined' | 'tried' | 'open')[],
  ): Promise<void> {
    for (const outcome of outcomes) {
      bench.clock.advance(1_000);
      const purpose = await bench.newPurchase();
      if (outcome === 'declined') {
        bench.gateway.fail('create', DECLINED);
        await expect(bench.start(purpose)).rejects.toMatchObject({ code: 'payment_declined' });
      } else {
        const { paymentId } = await bench.start(purpose);
        if (outcome === 'paid') {
          bench.gateway.pay(paymentId);
          await bench.notifyPaid(paymentId);
        }
      }
      const failure = outcome === 'tried' ? { failure_reason: 'card_declined' } : {};
      await bench.db.tx('test.whose', (tx) =>
        tx.query
          .updateTable('payments')
          .set({ customer_id: customerId, device_hash: device, ...failure })
          .where('purpose_id', '=', purpose.id)
          .execute(),
      );
    }
  }

  test('writes the score, its reasons and what was looked at, and neither address nor device in clear', async () => {
    const facts = attemptOf({
      amount: { amount: 500_000, currency: 'CNY' },
      ipCountry: 'XX',
      deviceHash: 'd'.repeat(64),
    });
    expect(await judge(facts, { RISK_HIGH_RISK_COUNTRIES: 'XX' })).toBe('review');
    const row = await assessmentOf(facts);
    expect(row).toMatchObject({ score: 50, level: 'high', verdict: 'review', decision: null });
    expect(JSON.parse(row.factors)).toEqual([
      { factor: 'high_amount', points: 20 },
      { factor: 'high_risk_country', points: 30 },
    ]);
    expect(JSON.parse(row.signals as string)).toEqual({
      billingCountry: 'CN',
      addressCountry: 'XX',
      customer: { attempts: 0, failed: 0 },
      device: { attempts: 0, failed: 0 },
      tooMany: [],
    });
    expect(row.address_hash).toMatch(/^[\w-]{43}$/);
    expect(JSON.stringify(row)).not.toContain('203.0.113.7');
  });

  test('where reviews are switched off, a high risk is written down and passes', async () => {
    const facts = attemptOf({ amount: { amount: 500_000, currency: 'CNY' }, country: 'XX' });
    const settings = { RISK_HIGH_RISK_COUNTRIES: 'XX', RISK_REVIEW: 'false' };
    expect(await judge(facts, settings)).toBe('pass');
    expect(await assessmentOf(facts)).toMatchObject({ level: 'high', verdict: 'pass' });
  });

  test('looks at the last attempts of the customer that came to something', async () => {
    await pastOf('usr_often', 'device_a', ['declined', 'paid', 'paid', 'open', 'paid']);
    const fine = attemptOf({ customerId: 'usr_often' });
    await judge(fine);
    expect(JSON.parse((await assessmentOf(fine)).signals as string).customer).toEqual({
      attempts: 4,
      failed: 1,
    });
    expect(await factorsOf(fine)).toEqual([]);
    await pastOf('usr_often', 'device_a', ['tried', 'declined']);
    const risky = attemptOf({ customerId: 'usr_often' });
    await judge(risky);
    expect(await factorsOf(risky)).toEqual(['high_failure_rate']);
    const shortMemory = attemptOf({ customerId: 'usr_often' });
    await judge(shortMemory, { RISK_FAILURE_ATTEMPTS: '2' });
    expect(JSON.parse((await assessmentOf(shortMemory)).signals as string).customer).toEqual({
      attempts: 2,
      failed: 2,
    });
  });

  test('looks at the device, whoever uses it', async () => {
    await pastOf('usr_thief_1', 'device_stolen', ['declined', 'tried']);
    const second = attemptOf({ customerId: 'usr_thief_2', deviceHash: 'device_stolen' });
    await judge(second);
    expect(await factorsOf(second)).toEqual([]);
    await pastOf('usr_thief_2', 'device_stolen', ['declined']);
    const third = attemptOf({ customerId: 'usr_thief_3', deviceHash: 'device_stolen' });
    await judge(third);
    expect(await factorsOf(third)).toEqual(['suspicious_device']);
  });

  test('forty at once of one customer leave exactly as many as may begin', async () => {
    const answers = await Promise.allSettled(
      Array.from({ length: 40 }, () => judge(attemptOf({ customerId: 'usr_racing' }))),
    );
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(30);
    const refused = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason] : []));
    expect(new Set(refused.map(({ code }) => code))).toEqual(new Set(['too_many_payment_attempts']));
    const rows = bench.db.query.selectFrom('risk_assessments').where('customer_id', '=', 'usr_racing');
    expect(await rows.select('id').execute()).toHaveLength(30);
  });

  test('an address and a device have limits of their own, and the next window counts anew', async () => {
    const settings = { RISK_VELOCITY_ADDRESS: '2', RISK_VELOCITY_DEVICE: '1' };
    const ip = '198.51.100.1';
    await judge(attemptOf({ ip, deviceHash: 'device_x' }), settings);
    await expect(judge(attemptOf({ deviceHash: 'device_x' }), settings)).rejects.toMatchObject({
      code: 'too_many_payment_attempts',
    });
    await judge(attemptOf({ ip }), settings);
    const refused = judge(attemptOf({ ip }), settings);
    await expect(refused).rejects.toMatchObject({ code: 'too_many_payment_attempts' });
    const { retryAfterSeconds } = (await refused.catch((error: unknown) => error)) as {
      retryAfterSeconds: number;
    };
    expect(retryAfterSeconds).toBeGreaterThan(0);
    expect(retryAfterSeconds).toBeLessThanOrEqual(600);
    bench.clock.advance(10 * MINUTE_MS);
    await judge(attemptOf({ ip, deviceHash: 'device_x' }), settings);
  });

  test('where too many are not refused, they wait for a person', async () => {
    const settings = { RISK_VELOCITY_CUSTOMER: '1', RISK_VELOCITY_ACTION: 'review' };
    expect(await judge(attemptOf({ customerId: 'usr_busy' }), settings)).toBe('pass');
    const second = attemptOf({ customerId: 'usr_busy' });
    expect(await judge(second, settings)).toBe('review');
    expect(await factorsOf(second)).toEqual(['velocity']);
  });

  test('after 180 days the reasons stay, what they were drawn from goes', async () => {
    const facts = attemptOf({ deviceHash: 'device_old', country: 'XX' });
    await judge(facts, { RISK_HIGH_RISK_COUNTRIES: 'XX' });
    const { db, clock } = bench;
    const payments = { approveReview: async () => undefined, rejectReview: async () => undefined };
    const { jobs, crons } = createRisk({
      ...{ db, clock, config: riskConfig(), payments },
      originKeptMs: 180 * DAY_MS,
    });
    const worker = createWorker({ db, clock, log: silentLogger, handlers: jobs, crons });
    clock.advance(181 * DAY_MS);
    await worker.start();
    await worker.stop();
    await worker.drain({ clock, until: clock.now() + DAY_MS });
    expect(await assessmentOf(facts)).toMatchObject({
      score: 30,
      signals: null,
      device_hash: null,
      address_hash: null,
    });
    expect(await db.query.selectFrom('risk_attempt_counts').select('scope').execute()).toEqual([]);
  });
});
