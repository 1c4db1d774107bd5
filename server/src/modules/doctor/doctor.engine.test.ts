import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testEngine } from '../../../test/harness/database.ts';
import { MINUTE, openStage, type Stage } from '../../../test/scenarios/stage.ts';
import { HOUR_MS } from '../../kernel/clock.ts';
import { seedCrons } from '../../kernel/jobs/crons.ts';
import { runDoctor } from './index.ts';
import { doctorRun } from './watch.ts';

const PROGRAM = fileURLToPath(new URL('../../../bin/suanpan.js', import.meta.url));

let stage: Stage;

/** A shop in which everything has happened once: paid, refunded, late money, unpaid, a key used. */
beforeAll(async () => {
  stage = await openStage();
  const buyer = await stage.newBuyer();
  const late = await stage.place(buyer, [{ variantId: await stage.addVariant(), quantity: 1 }]);
  const attempt = await stage.open(buyer, late.id);
  await stage.pass(16 * MINUTE);
  stage.plan('pay', 'paid_after_close');
  await stage.pay(attempt.paymentId, buyer.payerId);
  const refunded = await stage.buy(buyer);
  await stage.buy(buyer);
  await stage.call(`POST /orders/${refunded.order.id}/refunds`, {
    token: stage.adminToken,
    body: { amount: 80, reason: 'scratched' },
    headers: { 'idempotency-key': 'doctor-0001' },
  });
  await stage.pass(10 * MINUTE);
  const unpaid = await stage.place(buyer, [{ variantId: await stage.addVariant(), quantity: 1 }]);
  await stage.open(buyer, unpaid.id);
});

afterAll(() => stage.close());

async function brokenNow(): Promise<string[]> {
  const { violations } = await runDoctor(stage.db, stage.clock);
  return [...new Set(violations.map(({ invariant }) => invariant))].sort();
}

const change = (sql: string) => stage.db.administer((connection) => connection.run(sql, []));

test('a sound shop has nothing to say', async () => {
  const report = await runDoctor(stage.db, stage.clock);
  expect(report).toMatchObject({ ok: true, violations: [] });
  expect(report.counts).toMatchObject({ orders: 4, payments: 4, captures: 3, refunds: 2 });
});

describe.each([
  [['I1'], 'UPDATE ledger_entries SET amount = amount + 1', "account = 'revenue:CNY'", 'amount = amount - 1'],
  [
    ['I1', 'I2'],
    "UPDATE ledger_entries SET account = 'customer_surplus:CNY'",
    "account = 'refunds:CNY'",
    "account = 'refunds:CNY'",
    "account = 'customer_surplus:CNY' AND amount = 80",
  ],
  [['I3'], 'UPDATE stock_items SET on_hand = on_hand + 1', '1 = 1', 'on_hand = on_hand - 1'],
  [
    ['I4'],
    'UPDATE captures SET refund_reserved = 1',
    'refund_reserved = 0',
    'refund_reserved = 0',
    'refund_reserved = 1',
  ],
  [
    ['I7'],
    'UPDATE orders SET subtotal = subtotal + 1, total = total + 1',
    "status = 'pending'",
    'subtotal = subtotal - 1, total = total - 1',
  ],
  [['I8'], "UPDATE products SET status = 'draft'", '1 = 1', "status = 'active'"],
  [
    ['I1', 'I9'],
    'UPDATE captures SET surplus_amount = amount',
    'surplus_amount = 0',
    'surplus_amount = 0',
    "purpose_id IN (SELECT id FROM orders WHERE payment_status <> 'unpaid')",
  ],
  [['I10'], "UPDATE jobs SET state = 'dead'", "name = 'payment.poll'", "state = 'waiting'"],
  [['I11'], 'UPDATE idempotency_keys SET answer = NULL', 'status = 201', "answer = '{}'"],
  [
    ['I5', 'I8'],
    "UPDATE orders SET fulfilment_status = 'fulfilled'",
    "status = 'confirmed'",
    "fulfilment_status = 'unfulfilled'",
  ],
])('a database in which %j does not hold', (names, update, where, repair, whereRepaired = where) => {
  test('is seen to be broken there and nowhere else, until it is repaired', async () => {
    await change(`${update} WHERE ${where}`);
    const broken = await brokenNow();
    await change(`${update.replace(/ SET .*/, ` SET ${repair}`)} WHERE ${whereRepaired}`);
    expect(broken).toEqual(names);
    expect(await brokenNow()).toEqual([]);
  });
});

test('units that are kept for an order that has ended are seen', async () => {
  const closed = await stage.db.query
    .selectFrom('orders')
    .select('id')
    .where('status', '=', 'closed')
    .executeTakeFirstOrThrow();
  const live = await stage.db.query
    .selectFrom('stock_reservations')
    .select(['id', 'owner_id'])
    .where('state', '=', 'live')
    .executeTakeFirstOrThrow();
  await change(`UPDATE stock_reservations SET owner_id = '${closed.id}' WHERE id = '${live.id}'`);
  const broken = await brokenNow();
  await change(`UPDATE stock_reservations SET owner_id = '${live.owner_id}' WHERE id = '${live.id}'`);
  expect(broken).toEqual(['I3']);
  expect(await brokenNow()).toEqual([]);
});

test('the hourly examination raises an alert for what is broken, and resolves it when it holds again', async () => {
  await stage.db.tx('test.seed', (tx) => seedCrons(tx, [doctorRun]));
  await change('UPDATE stock_items SET on_hand = on_hand + 1');
  await stage.worker.drain({ clock: stage.clock, until: stage.clock.now() + HOUR_MS });
  expect(await stage.openAlerts()).toContain('invariant_broken');
  await change('UPDATE stock_items SET on_hand = on_hand - 1');
  await stage.worker.drain({ clock: stage.clock, until: stage.clock.now() + HOUR_MS });
  expect(await stage.openAlerts()).not.toContain('invariant_broken');
});

test('staff with the permission may ask, customers may not', async () => {
  const { token } = await stage.newBuyer();
  expect((await stage.call('GET /admin/doctor', { token })).status).toBe(403);
  const { status, body } = await stage.call('GET /admin/doctor', { token: stage.adminToken });
  expect(status).toBe(200);
  expect(body.data).toMatchObject({ ok: true, violations: [] });
  expect(body.data.invariants).toHaveLength(13);
});

function runCommand(...options: string[]): Promise<{ code: number; out: string; err: string }> {
  const environment = {
    ...process.env,
    NODE_ENV: 'test',
    DATABASE_URL: stage.databaseUrl,
    DATA_DIR: stage.config.dataDir,
  };
  return new Promise((resolve) => {
    execFile(process.execPath, [PROGRAM, 'doctor', ...options], { env: environment }, (error, out, err) =>
      resolve({ code: Number(error?.code ?? 0), out, err }),
    );
  });
}

test('the command prints every invariant beside a running server, and fails when one is broken', {
  timeout: 60_000,
}, async () => {
  const sound = await runCommand();
  expect(sound).toMatchObject({ code: 0, err: 'Every invariant holds.\n' });
  expect(sound.out.match(/^ {2}I\d+ +holds/gm)).toHaveLength(13);
  await change('UPDATE stock_items SET on_hand = on_hand + 1');
  const broken = await runCommand();
  expect(broken).toMatchObject({ code: 1 });
  expect(broken.out).toMatch(/^ {2}I3 +\d+ broken/m);
  expect(JSON.parse((await runCommand('--json')).out)).toMatchObject({ ok: false });
  await change('UPDATE stock_items SET on_hand = on_hand - 1');
});

/** I6 stands behind a unique key; only a database that has lost it can break it. */
const WITHOUT_KEY: Readonly<Record<string, readonly string[]>> = {
  sqlite: [
    'ALTER TABLE captures RENAME TO captures_before',
    'CREATE TABLE captures AS SELECT * FROM captures_before',
  ],
  postgres: ['DROP INDEX captures_provider_unique'],
  mysql: ['ALTER TABLE captures DROP INDEX captures_provider_unique'],
};

test('money that stands here twice is seen where the unique key is gone', async () => {
  for (const statement of WITHOUT_KEY[testEngine()] ?? []) {
    await change(statement);
  }
  await change("UPDATE captures SET provider_capture_id = 'one'");
  expect(await brokenNow()).toEqual(['I6']);
});
