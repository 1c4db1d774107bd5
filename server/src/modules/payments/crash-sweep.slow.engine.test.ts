/**
 * The process dies at every place where dying hurts: before and after each transaction and each call to the provider, one
 * run for each. The provider lives on and repeats what was not acknowledged; a new process takes over the database.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTestApi } from '../../../test/harness/api.ts';
import { openTestDb } from '../../../test/harness/database.ts';
import { APP, createFakeGateway, type FakeGateway } from '../../../test/harness/fake-gateway.ts';
import { createPurchases } from '../../../test/harness/fake-owner.ts';
import { insertPurchase, toSubject, wirePayments } from '../../../test/harness/payments.ts';
import { systemActor } from '../../kernel/actor.ts';
import { createFakeClock, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../kernel/clock.ts';
import type { Db } from '../../kernel/db/index.ts';
import { createWorker } from '../../kernel/jobs/index.ts';
import { silentLogger } from '../../kernel/log/index.ts';
import { checkLedger } from '../ledger/index.ts';
import { checkPayments, type Purpose } from './index.ts';

class Crash extends Error {}

/** Dies at the `at`th place and stays dead: whatever the dead process still tries fails, too. */
function createFate(at: number) {
  const places: string[] = [];
  return {
    places,
    reach(place: string): void {
      places.push(place);
      if (places.length >= at) {
        throw new Crash(place);
      }
    },
  };
}

type Fate = ReturnType<typeof createFate>;

function mortalDb(db: Db, fate: Fate): Db {
  return {
    ...db,
    async tx(name, callback) {
      fate.reach(`before ${name}`);
      const result = await db.tx(name, callback);
      fate.reach(`after ${name}`);
      return result;
    },
  };
}

function mortalGateway(gateway: FakeGateway, fate: Fate): FakeGateway {
  const mortal = { ...gateway };
  for (const operation of [
    'createPayment',
    'queryPayment',
    'closePayment',
    'refund',
    'queryRefund',
  ] as const) {
    const carryOut = gateway[operation] as (request: unknown) => Promise<unknown>;
    Object.assign(mortal, {
      async [operation](request: unknown) {
        fate.reach(`before ${operation}`);
        const result = await carryOut(request);
        fate.reach(`after ${operation}`);
        return result;
      },
    });
  }
  return mortal;
}

const clock = createFakeClock(Date.UTC(2026, 6, 1, 9, 0));

async function startProcess(db: Db, gateway: FakeGateway) {
  const { payments } = wirePayments(db, clock, gateway);
  const worker = createWorker({ db, clock, log: silentLogger, handlers: payments.jobs });
  const api = await openTestApi({ db, clock, registerRoutes: payments.registerRoutes });
  const start = (purpose: Purpose, method: 'wechat_jsapi' | 'wechat_native') =>
    payments.startPayment({
      purpose,
      method,
      context: { customerId: 'usr_buyer', openid: 'o_payer', appId: APP, ip: null },
      claimId: null,
    });
  return {
    payments,
    start,
    drain: (ms: number) => worker.drain({ clock, until: clock.now() + ms }),
    async notify(paymentId: string) {
      const body = { eventId: `evt_${paymentId}`, subject: toSubject(gateway, paymentId) };
      return (await api.call('POST /payments/notify/fake_pay', { body })).status === 200;
    },
    refund: (purpose: Purpose, key: string) =>
      db.tx('order.refund', (tx) =>
        payments.reserveRefund(tx, {
          purpose,
          amount: { amount: 2_500, currency: 'CNY' },
          reason: 'damaged',
          by: systemActor('test'),
          origin: 'staff',
          key,
        }),
      ),
    stop: () => api.close(),
  };
}

type Process = Awaited<ReturnType<typeof startProcess>>;

/** The buyer changes the way to pay, pays by both, and gets a part back for damage. */
async function buy(process: Process, purpose: Purpose, gateway: FakeGateway): Promise<void> {
  const first = await process.start(purpose, 'wechat_jsapi');
  await process.drain(10 * SECOND_MS);
  const second = await process.start(purpose, 'wechat_native');
  gateway.pay(second.paymentId);
  await process.notify(second.paymentId);
  gateway.pay(first.paymentId);
  await process.notify(first.paymentId);
  await process.refund(purpose, 'clm_damage');
  await process.drain(10 * MINUTE_MS);
}

/** What the world does once the shop is back: the buyer tries again, the provider repeats, staff too, the jobs go on. */
async function recover(process: Process, purpose: Purpose, gateway: FakeGateway): Promise<void> {
  clock.advance(2 * MINUTE_MS);
  const isPaid = [...gateway.trades.values()].some(({ state }) => state === 'paid');
  if (!isPaid) {
    await process.drain(MINUTE_MS);
    const { paymentId } = await process.start(purpose, 'wechat_native');
    gateway.pay(paymentId);
  }
  for (const [paymentId, { state }] of gateway.trades) {
    if (state === 'paid') {
      expect(await process.notify(paymentId)).toBe(true);
    }
  }
  await process.refund(purpose, 'clm_damage');
  await process.drain(6 * HOUR_MS);
}

describe('a process that dies', () => {
  let db: Db;
  beforeAll(async () => {
    db = await openTestDb({ clock });
    await createPurchases(db);
  });
  afterAll(() => db.close());

  /** Runs the purchase with a process that dies at the `at`th place; answers the places that were reached. */
  async function run(at: number): Promise<readonly string[]> {
    const gateway = createFakeGateway(clock);
    const purpose = await insertPurchase(db);
    const fate = createFate(at);
    const doomed = await startProcess(mortalDb(db, fate), mortalGateway(gateway, fate));
    try {
      await buy(doomed, purpose, gateway);
    } catch (error) {
      if (fate.places.length < at) {
        throw error;
      }
    }
    await doomed.stop();
    const heir = await startProcess(db, gateway);
    await recover(heir, purpose, gateway);
    await heir.stop();
    await expectAllRight(purpose, gateway, fate.places.at(at - 1) ?? 'nowhere');
    // The next run has a provider of its own, which would not know what these are about.
    await db.tx('test.forget', (tx) => tx.query.deleteFrom('jobs').execute());
    return fate.places;
  }

  async function expectAllRight(purpose: Purpose, gateway: FakeGateway, place: string): Promise<void> {
    const purchase = await db.query
      .selectFrom('test_purchases')
      .selectAll()
      .where('id', '=', purpose.id)
      .executeTakeFirstOrThrow();
    expect(purchase, place).toMatchObject({ status: 'confirmed', fulfilments: 1, refund_done: 2_500 });
    const taken = [...gateway.trades.values()].filter(({ state }) => state === 'paid').length * 10_000;
    const returned = [...gateway.refunds.values()].reduce(
      (sum, { request }) => sum + request.amount.amount,
      0,
    );
    expect(taken - returned, place).toBe(7_500);
    const open = [...gateway.trades.values()].filter(({ state }) => state === 'open');
    expect(open, place).toEqual([]);
    expect([...(await checkPayments(db)), ...(await checkLedger(db))], place).toEqual([]);
  }

  test('anywhere on its way loses nothing and does nothing twice', async () => {
    const places = await run(Number.POSITIVE_INFINITY);
    expect(new Set(places)).toEqual(
      new Set(
        [
          'job.claim',
          'payment.start',
          'createPayment',
          'payment.record_create',
          'queryPayment',
          'payment.record_answer',
          'closePayment',
          'notification.apply',
          'order.refund',
          'refund.mark_sent',
          'refund',
          'refund.record_answer',
          'refund.settle_send',
          'payment.reschedule_poll',
        ].flatMap((name) => [`before ${name}`, `after ${name}`]),
      ),
    );
    for (let at = 1; at <= places.length; at += 1) {
      await run(at);
    }
  }, 300_000);
});
