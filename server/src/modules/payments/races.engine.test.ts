/** What happens at the same moment on several sides of one payment: whoever is first, no money is there twice or lost. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { tokenOf } from '../../../test/harness/api.ts';
import { openPaymentsBench, type PaymentsBench } from '../../../test/harness/payments.ts';
import { readRefunds } from '../../../test/harness/read-refunds.ts';
import { DAY_MS, HOUR_MS } from '../../kernel/clock.ts';
import { requestCapture } from './captures/request-capture.ts';
import type { Purpose } from './purpose.ts';

const token = tokenOf({ userId: 'usr_clerk', kind: 'staff', permissions: ['refunds.write'] });
const CLERK = { type: 'staff', id: 'usr_clerk' } as const;

let bench: PaymentsBench;

beforeAll(async () => {
  bench = await openPaymentsBench();
});

beforeEach(() => {
  bench.gateway.captureMode = 'automatic';
  bench.gateway.refundsAreInstant = true;
});

afterEach(async () => {
  await bench.drain(3 * DAY_MS);
  expect(await bench.violations()).toEqual([]);
});

afterAll(() => bench.closeBench());

const refund = (paymentId: string, body: object) =>
  bench.api.call(`POST /admin/payments/${paymentId}/refunds`, { token, body: { reason: 'race', ...body } });

const refundsOf = (purpose: Purpose) => readRefunds(bench.db, purpose);

const captureOf = ({ id }: Purpose) =>
  bench.db.query.selectFrom('captures').selectAll().where('purpose_id', '=', id).executeTakeFirstOrThrow();

test('fifty refunds by three ways at once return what was captured, and not a cent more', async () => {
  const { purpose, paymentId } = await bench.buy(10_000);
  const ways = [{}, { byHand: true }, { to: 'store_credit' }] as const;
  const answers = await Promise.all(
    Array.from({ length: 50 }, (_, at) => refund(paymentId, { amount: 600, ...ways[at % 3] })),
  );
  expect(answers.filter(({ status }) => status === 201)).toHaveLength(16);
  expect(new Set(answers.flatMap(({ body }) => body.error ?? []))).toEqual(
    new Set(['refund_exceeds_captured']),
  );
  expect(await captureOf(purpose)).toMatchObject({ refund_reserved: 9_600 });
  await bench.drain(HOUR_MS);
  const open = (await refundsOf(purpose)).filter(({ status }) => status !== 'succeeded');
  expect(open.every(({ by_hand: byHand, status }) => byHand === 1 && status === 'sent')).toBe(true);
});

test('a refund of money whose capture is unknown is refused, and goes once the capture is there', async () => {
  bench.gateway.captureMode = 'manual';
  const purpose = await bench.newPurchase();
  const { paymentId } = await bench.start(purpose, 'credit_card');
  const facts = bench.gateway.settle(paymentId, 'held');
  const subject = { type: 'payment', paymentId, result: { outcome: 'authorized', facts } } as const;
  await bench.notify({ eventId: `evt_${paymentId}`, subject });
  await bench.db.tx('test.capture', (tx) =>
    requestCapture(tx, bench.deps, { paymentId, isFinal: true, by: CLERK }),
  );
  bench.gateway.fail('capture', 'answer_lost');
  bench.gateway.fail('query', 'request_lost', 'request_lost', 'request_lost');
  await bench.drain();
  expect(await captureOf(purpose)).toMatchObject({ status: 'unknown' });
  expect((await refund(paymentId, {})).body).toMatchObject({ code: 409, error: 'refund_exceeds_captured' });
  expect(await refundsOf(purpose)).toEqual([]);
  await bench.drain(HOUR_MS);
  expect(await captureOf(purpose)).toMatchObject({ status: 'succeeded', amount: 10_000 });
  expect((await refund(paymentId, {})).status).toBe(201);
  await bench.drain(HOUR_MS);
  expect(await refundsOf(purpose)).toMatchObject([{ status: 'succeeded', amount: 10_000 }]);
});

test('a notification that comes as the payer changes the rail pays once, and what is second goes back', async () => {
  for (let round = 0; round < 6; round += 1) {
    const purpose = await bench.newPurchase();
    const first = await bench.start(purpose, 'wechat_native');
    if (round % 2 === 1) {
      bench.gateway.notClosable.add('wechat_native');
    }
    bench.gateway.fail('close', {
      before: async () => {
        bench.gateway.pay(first.paymentId);
        await bench.notifyPaid(first.paymentId);
      },
    });
    const [second] = await Promise.allSettled([
      bench.start(purpose, 'alipay_page'),
      ...(round > 2 ? [bench.start(purpose, 'credit_card')] : []),
    ]);
    bench.gateway.pay(first.paymentId);
    await bench.notifyPaid(first.paymentId, `evt_again_${first.paymentId}`);
    if (second?.status === 'fulfilled') {
      bench.gateway.pay(second.value.paymentId);
      await bench.notifyPaid(second.value.paymentId);
    }
    await bench.drain(HOUR_MS);
    bench.gateway.notClosable.clear();
    expect(await bench.purchase(purpose)).toMatchObject({ status: 'confirmed', fulfilments: 1 });
    const captures = await bench.db.query
      .selectFrom('captures')
      .selectAll()
      .where('purpose_id', '=', purpose.id)
      .execute();
    const kept = captures.reduce((sum, { amount, refund_reserved: back }) => sum + amount - back, 0);
    expect(kept).toBe(10_000);
  }
});
