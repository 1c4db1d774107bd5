import { expect, test } from 'vitest';
import { toText } from './texts.ts';

const adjusted = (amount: number, currency: string) =>
  (['en', 'zh'] as const).map((locale) => toText('wallet.adjusted', { amount, currency }, locale).body);

test('coins are called coins, and counted without decimals that say nothing', () => {
  expect(adjusted(1_250, 'COIN')).toEqual([
    '12.5 coins were added to your wallet.',
    '您的钱包增加了 12.5 金币。',
  ]);
  expect(adjusted(-100_000, 'COIN')[0]).toBe('1000 coins were taken from your wallet.');
});

test('store credit keeps its currency and its decimals', () => {
  expect(adjusted(800, 'CNY')).toEqual(['8.00 CNY was added to your wallet.', '您的钱包增加了 8.00 CNY。']);
});
