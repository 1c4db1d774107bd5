import { expect, test } from 'vitest';
import { z } from 'zod';
import type { AppError, Locale } from '../errors.ts';
import { countryInput, currencyInput, inputMessage } from './inputs.ts';
import { parseInput } from './validate.ts';

const schema = z
  .strictObject({ country: countryInput, currency: currencyInput, count: z.int().optional() })
  .refine(({ count }) => count !== 0, {
    path: ['count'],
    message: inputMessage('Nothing is counted.', '没有计数。'),
  });

function refusalsOf(input: unknown, locale: Locale): unknown {
  try {
    return parseInput(schema, input, locale);
  } catch (error) {
    return (error as AppError).fields?.map(({ field, message }) => `${field}: ${message}`);
  }
}

test('what only we ask for is said in the language of the reader', () => {
  const input = { country: 'China', currency: 'ABC' };
  expect(refusalsOf(input, 'en')).toEqual([
    'country: A country is a code of two letters, such as CN.',
    'currency: This currency is not known.',
  ]);
  expect(refusalsOf(input, 'zh')).toEqual([
    'country: 国家须为两位字母代码，例如 CN。',
    'currency: 不支持该货币。',
  ]);
  const none = { country: 'CN', currency: 'CNY', count: 0 };
  expect(refusalsOf(none, 'zh')).toEqual(['count: 没有计数。']);
});

test('a country is taken in small letters too', () => {
  expect(refusalsOf({ country: ' cn ', currency: 'CNY' }, 'en')).toEqual({ country: 'CN', currency: 'CNY' });
});
