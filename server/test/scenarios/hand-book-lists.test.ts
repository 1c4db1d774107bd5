/** The lists of what people record go on by cursor, however long they are (RULES 31). */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newStaff, type TestStaff } from '../harness/staff.ts';
import { openStage, type Stage } from './stage.ts';

const ACCOUNT = { id: 'main', name: 'Suanpan Ltd', bank: 'Bank of Tests', number: '1', currency: 'CNY' };

let stage: Stage;
let clerk: TestStaff;

beforeAll(async () => {
  stage = await openStage({ environment: { BANK_TRANSFER_ACCOUNTS: JSON.stringify([ACCOUNT]) } });
  clerk = await newStaff(stage, ['bank_statements.read', 'bank_statements.import']);
});

afterAll(() => stage.close());

async function importLine(amount: string): Promise<void> {
  const day = new Date(stage.clock.now()).toISOString().slice(0, 10);
  const { status, body } = await stage.call('POST /admin/bank-statements/import?account=main', {
    token: clerk.token,
    headers: { 'content-type': 'text/csv' },
    body: `Date,Amount,Counterparty,Description,Bank reference\n${day},${amount},Li,unknown,R${amount}\n`,
  });
  expect(status, JSON.stringify(body)).toBe(200);
}

test.each(['bank-statements', 'bank-statement-lines'])('%s are read to their end by cursor', async (list) => {
  for (const amount of ['1.00', '2.00', '3.00']) {
    await importLine(amount);
  }
  const read = async (query: string) => {
    const { status, body } = await stage.call(`GET /admin/${list}?${query}`, { token: clerk.token });
    expect(status, JSON.stringify(body)).toBe(200);
    return body.data;
  };
  const all = (await read('limit=100')).items;
  expect(all.length).toBeGreaterThanOrEqual(3);
  const one = await read('limit=1');
  const two = await read(`limit=1&cursor=${encodeURIComponent(one.pagination.nextCursor)}`);
  expect([...one.items, ...two.items]).toEqual(all.slice(0, 2));
});
