/** What schemas of several modules take, and what a schema says of a value that it refuses, in both languages. */
import { z } from 'zod';
import type { Locale } from '../errors.ts';
import { isCurrency } from '../money.ts';

/** A schema knows no language: it says the English text, which finds the other one here. */
const chinese = new Map<string, string>();

/** A message for `refine` and `regex`: a sentence in English and in Chinese. A request gets the one in its language. */
export function inputMessage(en: string, zh: string): string {
  chinese.set(en, zh);
  return en;
}

/** What a schema has said, in that language; what it did not get from `inputMessage` as it is. */
export function inLocale(message: string, locale: Locale): string {
  return locale === 'zh' ? (chinese.get(message) ?? message) : message;
}

/** ISO 4217, or a currency of the shop's own. */
export const currencyInput = z
  .string()
  .refine(isCurrency, inputMessage('This currency is not known.', '不支持该货币。'));

/** ISO 3166, two letters. */
export const countryInput = z
  .string()
  .trim()
  .toUpperCase()
  .regex(
    /^[A-Z]{2}$/,
    inputMessage('A country is a code of two letters, such as CN.', '国家须为两位字母代码，例如 CN。'),
  );
