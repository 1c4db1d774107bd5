import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadConfig } from './load-config.ts';

const folder = mkdtempSync(join(tmpdir(), 'suanpan-settings-'));

const load = (settings: Readonly<Record<string, string>>) =>
  loadConfig({ NODE_ENV: 'test', DATA_DIR: folder, ...settings }, folder);

test.each([
  ['SHOP_CURRENCY', 'ABC', 'SHOP_CURRENCY: must be a code of ISO 4217, such as CNY'],
  ['PAY_EXPIRE_TIME', '0', 'PAY_EXPIRE_TIME: must be from one second to 7 days'],
  ['PAY_EXPIRE_TIME', '10081', 'PAY_EXPIRE_TIME: must be from one second to 7 days'],
  ['DATABASE_URL', 'data/suanpan.db', 'DATABASE_URL: must begin with sqlite:, postgres:// or mysql://'],
  ['DATABASE_URL', 'sqlite:', 'DATABASE_URL: must begin with sqlite:, postgres:// or mysql://'],
])('%s=%s is refused in words that say what it may be', (name, value, said) => {
  expect(() => load({ [name]: value })).toThrow(said);
});

test.each([
  'sqlite:./x.db',
  'file:x.db',
  'postgres://h/x',
  'postgresql://h/x',
  'mysql://h/x',
  'mariadb://h/x',
])('DATABASE_URL=%s is taken', (url) => {
  expect(load({ DATABASE_URL: url }).database.url).toBe(url);
});

test('an order can be paid for a fraction of a minute', () => {
  expect(load({ PAY_EXPIRE_TIME: '0.15' }).orders.payExpireMs).toBe(9_000);
});
