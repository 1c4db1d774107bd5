import { expect, test } from 'vitest';
import { loadConfig } from './load-config.ts';

const account = { id: 'main', name: 'Suanpan Ltd', bank: 'Bank', number: '6222 0000', currency: 'CNY' };
const read = (environment: Record<string, string>) =>
  loadConfig({ NODE_ENV: 'test', DATA_DIR: '/nonexistent', ...environment }, '/nonexistent');

const production = {
  NODE_ENV: 'production',
  JWT_SECRET: 'q8Zr3Vt6Lw1Xn5Hb9Kc2Md7Pf4Gs0Jy-a',
  APP_SECRET: 'b7Nd2Kx9Qw4Rm1Tz6Vf3Hc8Lg5Js0Py-b',
  PUBLIC_URL: 'https://shop.example.com',
};

test('production and tests take no transfers and no cash unless they are told to', () => {
  for (const environment of [production, { DATA_DIR: '/tmp/suanpan-by-hand-config' }]) {
    expect(read(environment)).toMatchObject({ bankTransfer: null, cashOnDelivery: null });
  }
  const accounts = JSON.stringify([{ ...account, iban: 'de89 3704 0044 0532 0130 00', bic: 'cobadeff' }]);
  expect(
    read({
      ...production,
      BANK_TRANSFER_ACCOUNTS: accounts,
      CASH_ON_DELIVERY: 'on',
      BANK_TRANSFER_WINDOW_DAYS: '5',
    }),
  ).toMatchObject({
    bankTransfer: { windowDays: 5, accounts: [{ iban: 'DE89370400440532013000', bic: 'COBADEFF' }] },
    cashOnDelivery: { currency: 'CNY', maxAmount: 500_000 },
  });
});

test.each([
  ['no JSON', '[{'],
  ['no list', JSON.stringify(account)],
  ['an empty list', '[]'],
  ['an IBAN with a wrong digit', JSON.stringify([{ ...account, iban: 'DE88370400440532013000' }])],
  ['a currency that nobody knows', JSON.stringify([{ ...account, currency: 'ZZZ' }])],
  ['neither number nor IBAN', JSON.stringify([{ ...account, number: undefined }])],
  ['an id twice', JSON.stringify([account, account])],
  ['a field that is none', JSON.stringify([{ ...account, holder: 'x' }])],
])('accounts with %s are refused by the name of the setting', (_what, accounts) => {
  expect(() => read({ ...production, BANK_TRANSFER_ACCOUNTS: accounts })).toThrow(
    /BANK_TRANSFER_ACCOUNTS: must be/,
  );
});
