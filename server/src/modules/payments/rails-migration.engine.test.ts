import { afterAll, beforeAll, expect, test } from 'vitest';
import { openPaymentsBench, type PaymentsBench } from '../../../test/harness/payments.ts';
import { applyMigrations } from '../../kernel/db/index.ts';

let bench: PaymentsBench;

beforeAll(async () => {
  bench = await openPaymentsBench();
});

afterAll(() => bench.closeBench());

const readAll = async () => ({
  payments: await bench.db.query.selectFrom('payments').selectAll().orderBy('id').execute(),
  captures: await bench.db.query.selectFrom('captures').selectAll().orderBy('id').execute(),
});

/** `kernel/db/rebuild.engine.test.ts` has where a process may die; this is what these tables have in them. */
test('the tables of money are given their new shape with every row, also when a step is run again', async () => {
  await bench.buy();
  await bench.buy(2_500);
  const open = await bench.newPurchase();
  await bench.start(open, 'wechat_native');
  const before = await readAll();
  expect(before.captures).toHaveLength(2);
  const forget = (name: string) =>
    bench.db.administer((connection) =>
      connection.run(
        `DELETE FROM schema_migrations WHERE name LIKE '0071-rails: ${name}%' OR name LIKE '0071-rails@%'`,
        [],
      ),
    );
  // As after a crash between a step and its note, and as with all of them.
  for (const name of ['drop the copy', '']) {
    await forget(name);
    await applyMigrations(bench.db);
    const { payments, captures } = await readAll();
    expect(captures).toEqual(before.captures);
    const shaped = before.payments.map((row) => ({ ...row, return_url: name === '' ? '' : row.return_url }));
    expect(payments).toEqual(shaped);
  }
  expect(await bench.violations()).toEqual([]);
});
