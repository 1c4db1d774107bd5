import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { newId } from '../../kernel/ids.ts';
import { findRemittanceCodes, formatRemittanceCode, toRemittanceCode } from './remittance-code.ts';

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const codes = fc
  .array(fc.constantFrom(...Array.from(ALPHABET)), { minLength: 11, maxLength: 11 })
  .map((characters) => toRemittanceCode(`pay_${characters.join('').toLowerCase()}`));

describe('a remittance code', () => {
  test('is the same for the same attempt, and written in three groups', () => {
    const id = newId('pay');
    const code = toRemittanceCode(id);
    expect(toRemittanceCode(id)).toBe(code);
    expect(formatRemittanceCode(code)).toMatch(/^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){2}$/);
  });

  test('is found however it is written', () => {
    fc.assert(
      fc.property(codes, (code) => {
        const [a, b, c] = formatRemittanceCode(code).split('-') as [string, string, string];
        const mistaken = code.replace(/0/g, 'o').replace(/1/g, 'l');
        for (const text of [
          code,
          `${a} ${b} ${c}`.toLowerCase(),
          `转账 ${a}-${b}-${c} 货款`,
          `SVWZ+${a}–${b}\n${c}/Thank you`,
          `${a.slice(0, 2)} ${a.slice(2)}${b}.${c}`,
          mistaken,
        ]) {
          expect(findRemittanceCodes(text), text).toContain(code);
        }
      }),
    );
  });

  test('with one wrong character, or two that changed places, is no code', () => {
    fc.assert(
      fc.property(
        codes,
        fc.nat(11),
        fc.constantFrom(...Array.from(ALPHABET)),
        fc.nat(11),
        (code, at, other, second) => {
          const wrong = code.slice(0, at) + other + code.slice(at + 1);
          fc.pre(other !== code[at]);
          expect(findRemittanceCodes(wrong)).toEqual([]);
          const characters = Array.from(code);
          [characters[at], characters[second]] = [code[second] as string, code[at] as string];
          fc.pre(code[at] !== code[second]);
          expect(findRemittanceCodes(characters.join(''))).toEqual([]);
        },
      ),
    );
  });

  test('is not found in what has no code', () => {
    for (const text of ['', 'invoice 2026', '转账', 'K7QF-2M9X']) {
      expect(findRemittanceCodes(text)).toEqual([]);
    }
  });
});
