import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { LOST } from '../../../test/harness/fake-operator.ts';
import { openTopupShop, type TopupShop } from '../../../test/harness/topup-shop.ts';
import { checkTopups } from './invariants.ts';

// The doctor sees each way in which a top-up could be lost or delivered twice.

let shop: TopupShop;
let sent: string;
let due: string;
let unknown: string;

beforeAll(async () => {
  shop = await openTopupShop();
});
beforeEach(async () => {
  sent = await shop.buy();
  await shop.drain();
  unknown = await shop.buy();
  shop.operator.answer(LOST);
  await shop.drain();
  due = await shop.buy();
  expect(await checkTopups(shop.db)).toEqual([]);
});
afterAll(() => shop.close());

const change = (sql: string, ...parameters: unknown[]) =>
  shop.db.tx('test.damage', (tx) =>
    tx.run(shop.db.engine === 'postgres' ? toPostgres(sql) : sql, parameters),
  );

function toPostgres(sql: string): string {
  let count = 0;
  return sql.replaceAll('?', () => {
    count += 1;
    return `$${count}`;
  });
}

/** Does the damage, reads what is found about it, and undoes it. */
async function findingsOf(damage: [string, ...unknown[]], repair: [string, ...unknown[]]): Promise<string[]> {
  await change(...damage);
  const found = await checkTopups(shop.db);
  await change(...repair);
  expect(await checkTopups(shop.db)).toEqual([]);
  return found.map(({ invariant, subject, message }) => `${invariant} ${subject} ${message}`);
}

test('a claim that its order does not know of', async () => {
  expect(
    await findingsOf(
      ["UPDATE topups SET recharge_at = 1, send_until = 2, claim_token = 'x' WHERE id = ?", due],
      ['UPDATE topups SET recharge_at = NULL, send_until = NULL, claim_token = NULL WHERE id = ?', due],
    ),
  ).toEqual([`I5 ${due} it is claimed, but its order never was`]);
});

test('a second claim', async () => {
  const { topup } = await shop.standing(sent);
  expect(
    await findingsOf(
      [
        `INSERT INTO state_history (entity, entity_id, version, field, from_state, to_state, actor_type, actor_id, at)
         VALUES ('order', ?, 99, 'fulfilment_status', 'unfulfilled', 'in_progress', 'system', 'x', 1)`,
        topup.order_id,
      ],
      ['DELETE FROM state_history WHERE entity_id = ? AND version = 99', topup.order_id],
    ),
  ).toEqual([`I5 ${sent} it was claimed 2 times`]);
});

test('an outcome that nobody has told', async () => {
  expect(
    await findingsOf(
      ["UPDATE topups SET result = 'unknown' WHERE id = ?", sent],
      ["UPDATE topups SET result = 'delivered' WHERE id = ?", sent],
    ),
  ).toEqual([`I5 ${sent} it is fulfilled, and nobody has said so`]);
});

test('a paid top-up without a job, and an unknown one that nobody is asked about', async () => {
  expect(
    await findingsOf(
      ["UPDATE jobs SET unique_key = 'topup.send:lost' WHERE unique_key = ?", `topup.send:${due}`],
      ["UPDATE jobs SET unique_key = ? WHERE unique_key = 'topup.send:lost'", `topup.send:${due}`],
    ),
  ).toEqual([`I5 ${due} its delivery is unfulfilled, and no job goes on with it`]);
  expect(
    await findingsOf(
      ['UPDATE topups SET awaits_person = NULL WHERE id = ?', unknown],
      ["UPDATE topups SET awaits_person = 'unknown' WHERE id = ?", unknown],
    ),
  ).toEqual([`I5 ${unknown} nobody knows what became of it, and nobody is asked`]);
});

test('an order without its top-up, a top-up without its order, and one of another price', async () => {
  const { topup } = await shop.standing(due);
  const found = await findingsOf(
    ["UPDATE topups SET order_id = 'ord_none' WHERE id = ?", due],
    ['UPDATE topups SET order_id = ? WHERE id = ?', topup.order_id, due],
  );
  expect(found.sort()).toEqual(
    [
      `I5 ${due} its order ord_none is none of a top-up`,
      `I5 ${topup.order_id} its order has no top-up`,
    ].sort(),
  );
  expect(
    await findingsOf(
      ['UPDATE topups SET amount = 1 WHERE id = ?', due],
      ['UPDATE topups SET amount = ? WHERE id = ?', topup.amount, due],
    ),
  ).toEqual([`I5 ${due} it costs 1, its order ${topup.amount}`]);
});

test.each([
  ['a claim without its end', 'UPDATE topups SET recharge_at = 1 WHERE id = ?'],
  ['a claim of what is not paid', 'UPDATE topups SET paid_at = NULL WHERE id = ?'],
  ['a price of nothing', 'UPDATE topups SET price = 0 WHERE id = ?'],
])('the database itself refuses %s', async (what, sql) => {
  await expect(change(sql, what.includes('not paid') ? sent : due)).rejects.toThrow();
});

test('the database itself refuses a result without a claim', async () => {
  const sql = "UPDATE topups SET result = 'delivered', result_at = 1 WHERE id = ?";
  await expect(change(sql, due)).rejects.toThrow();
});
