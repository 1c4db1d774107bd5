import type { PaymentMethod } from '../../src/gateways/gateway.ts';
import { createFakeClock, DAY_MS, type FakeClock, MINUTE_MS } from '../../src/kernel/clock.ts';
import type { Db } from '../../src/kernel/db/index.ts';
import { randomCode } from '../../src/kernel/ids.ts';
import { createWorker, type DrainReport } from '../../src/kernel/jobs/index.ts';
import { silentLogger } from '../../src/kernel/log/index.ts';
import { checkLedger, createLedger } from '../../src/modules/ledger/index.ts';
import {
  type ClosedAttempts,
  checkPayments,
  createPayments,
  type NotificationOutcome,
  type PaymentStarted,
  type Payments,
  type PaymentsDeps,
  type Purpose,
  type PurposeOwner,
} from '../../src/modules/payments/index.ts';
import { openTestApi, type TestApi } from './api.ts';
import { openTestDb } from './database.ts';
import { APP, createFakeGateway, type FakeGateway } from './fake-gateway.ts';
import type { FakeNotification } from './fake-notification.ts';
import { createFakeOwner, createPurchases } from './fake-owner.ts';
import { createTestWallets } from './wallet.ts';

export const OUTBOUND_TIMEOUT_MS = 10_000;
const START = Date.UTC(2026, 6, 1, 9, 0);

/** Payments on a database of their own, with a provider in memory, an owner that counts, and a clock that tests move. */
export interface PaymentsBench {
  readonly db: Db;
  readonly clock: FakeClock;
  readonly gateway: FakeGateway;
  readonly owner: PurposeOwner;
  readonly payments: Payments;
  /** What its verbs are called with, for tests of single ones. */
  readonly deps: PaymentsDeps;
  readonly api: TestApi;
  readonly notified: NotificationOutcome['outcome'][];
  /** Something to be paid, 100.00 CNY, for 15 minutes. */
  newPurchase(changes?: { amount?: number; description?: string }): Promise<Purpose>;
  start(purpose: Purpose, method?: PaymentMethod, claimId?: string): Promise<PaymentStarted>;
  /** Buys and pays; the notification has been applied. */
  buy(amount?: number): Promise<{ purpose: Purpose; paymentId: string }>;
  /** Sends a notification to the real route; answers its status. */
  notify(notification: FakeNotification): Promise<number>;
  /** Notifies of the payment as the provider knows it. */
  notifyPaid(paymentId: string, eventId?: string): Promise<number>;
  purchase(purpose: Purpose): Promise<{
    status: string;
    fulfilments: number;
    promised: number;
    authorised: number;
    voided: number;
    refund_done: number;
    refund_under_way: number;
    closed: number;
  }>;
  statusOf(paymentId: string): Promise<string>;
  /** Marks the purchase as closing, closes the attempts, and closes it when none is left, as an order does. */
  close(purpose: Purpose): Promise<ClosedAttempts>;
  drain(ms?: number): Promise<DrainReport>;
  violations(): Promise<unknown[]>;
  closeBench(): Promise<void>;
}

/** What compose.ts takes from the configuration. */
export const testPaymentSettings = {
  returnOrigins: ['https://h5.example.com'],
  holds: { reviewMs: DAY_MS, processingMs: 7 * DAY_MS },
  originKeptMs: 180 * DAY_MS,
  hashDevice: (fingerprint: string) => `hash of ${fingerprint}`,
} as const;

/** Payments as compose.ts would wire them, over a gateway and an owner for tests. */
export function wirePayments(
  db: Db,
  clock: FakeClock,
  gateway: FakeGateway,
  notified: PaymentsBench['notified'] = [],
  changes: Partial<PaymentsDeps> = {},
) {
  const owner = createFakeOwner();
  const deps: PaymentsDeps = {
    db,
    clock,
    log: silentLogger,
    ledger: createLedger({ db, clock }),
    gateways: {
      byProvider: (provider) => (provider === 'fake_pay' ? gateway : undefined),
      byMethod: (method) =>
        gateway.capabilities.methods.some((offer) => offer.method === method) ? gateway : undefined,
    },
    owners: new Map([[owner.type, owner]]),
    creditCustomer: (tx, credit) => createTestWallets(db, clock).creditRefund(tx, credit),
    publicUrl: 'https://shop.example.com',
    outboundTimeoutMs: OUTBOUND_TIMEOUT_MS,
    ...testPaymentSettings,
    ...changes,
    onNotification: ({ outcome }) => notified.push(outcome),
  };
  return { owner, deps, payments: createPayments(deps) };
}

/** Something to be paid for. */
export async function insertPurchase(
  db: Db,
  { amount = 10_000, description = 'tea' } = {},
): Promise<Purpose> {
  const id = `ord_${randomCode(12)}`;
  const counters = { promised: 0, fulfilments: 0, authorised: 0, voided: 0, closed: 0, failed: 0 };
  const sums = { refund_done: 0, refund_under_way: 0 };
  await db.tx('test.purchase', (tx) =>
    tx.query
      .insertInto('test_purchases')
      .values({
        ...{ id, status: 'pending', is_closing: 0, amount, description },
        ...counters,
        ...sums,
        expires_at: tx.now + 15 * MINUTE_MS,
      })
      .execute(),
  );
  return { type: 'order', id };
}

async function closePurchase(db: Db, payments: Payments, purpose: Purpose): Promise<ClosedAttempts> {
  const set = (values: { is_closing?: number; status?: 'closed' }) =>
    db.tx('test.close', (tx) =>
      tx.query
        .updateTable('test_purchases')
        .set(values)
        .where('id', '=', purpose.id)
        .where('status', '=', 'pending')
        .execute(),
    );
  await set({ is_closing: 1 });
  const closed = await payments.closeOpenAttempts(purpose);
  if (closed.isAllClosed && !closed.hasMoney) {
    await set({ status: 'closed' });
  }
  return closed;
}

export async function openPaymentsBench(changes: Partial<PaymentsDeps> = {}): Promise<PaymentsBench> {
  const clock = createFakeClock(START);
  const db = await openTestDb({ clock });
  await createPurchases(db);
  const gateway = createFakeGateway(clock);
  const notified: PaymentsBench['notified'] = [];
  const { owner, deps, payments } = wirePayments(db, clock, gateway, notified, changes);
  const worker = createWorker({ db, clock, log: silentLogger, handlers: payments.jobs });
  const api = await openTestApi({ db, clock, registerRoutes: payments.registerRoutes });

  const bench: PaymentsBench = {
    ...{ db, clock, gateway, owner, payments, deps, api, notified },
    newPurchase: (changes) => insertPurchase(db, changes),
    start: (purpose, method = 'wechat_jsapi', claimId) =>
      payments.startPayment({
        purpose,
        method,
        context: { customerId: 'usr_buyer', openid: 'o_payer', appId: APP, ip: '203.0.113.7' },
        claimId: claimId ?? null,
      }),
    async buy(amount = 10_000) {
      const purpose = await bench.newPurchase({ amount });
      const { paymentId } = await bench.start(purpose);
      gateway.pay(paymentId);
      const status = await bench.notifyPaid(paymentId);
      if (status !== 200) {
        throw new Error(`the notification was answered ${status}`);
      }
      return { purpose, paymentId };
    },
    async notify(notification) {
      const headers = { 'content-type': 'application/json' };
      const body = notification;
      return (await api.call('POST /payments/notify/fake_pay', { body, headers })).status;
    },
    notifyPaid: (paymentId, eventId = `evt_${randomCode(8)}`) =>
      bench.notify({ eventId, subject: toSubject(gateway, paymentId) }),
    purchase: ({ id }) =>
      db.query.selectFrom('test_purchases').selectAll().where('id', '=', id).executeTakeFirstOrThrow(),
    async statusOf(paymentId) {
      const found = db.query.selectFrom('payments').select('status').where('id', '=', paymentId);
      return (await found.executeTakeFirstOrThrow()).status;
    },
    close: (purpose) => closePurchase(db, payments, purpose),
    drain: (ms) => (ms === undefined ? worker.drain() : worker.drain({ clock, until: clock.now() + ms })),
    violations: async () => [...(await checkPayments(db)), ...(await checkLedger(db))],
    async closeBench() {
      await api.close();
      await db.close();
    },
  };
  return bench;
}

/** What the provider would notify of. */
export function toSubject(gateway: FakeGateway, paymentId: string): FakeNotification['subject'] {
  const facts = gateway.trades.get(paymentId)?.facts;
  if (facts === undefined) {
    throw new Error(`${paymentId} is not paid`);
  }
  return { type: 'payment', paymentId, result: { outcome: 'succeeded', facts } };
}
