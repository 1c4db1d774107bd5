import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { queryTerms, termsOf } from './tokens.ts';

const terms = (text: string) => [...termsOf(text)];

/** Whether a text is found by a query, as the database decides it. */
function isFound(text: string, query: string): boolean {
  const words = terms(text);
  const wanted = queryTerms(query);
  return (
    wanted.length > 0 &&
    wanted.every(({ from, until }) => words.some((word) => word >= from && word <= until))
  );
}

describe('search terms', () => {
  test('Latin words are folded: case, accents, full width', () => {
    expect(terms('Café ＣＲÈＭＥ 12oz')).toEqual(['cafe', 'creme', '12oz']);
  });

  test('Chinese is cut into single characters and pairs', () => {
    expect(terms('纯棉衬衫')).toEqual(['纯', '棉', '衬', '衫', '纯棉', '棉衬', '衬衫']);
  });

  test('words of both kinds in one text are kept apart', () => {
    expect(terms('iPhone手机壳')).toEqual(['iphone', '手', '机', '壳', '手机', '机壳']);
  });

  test('marks that tell Japanese and Korean words apart are not folded away', () => {
    expect(termsOf('ガラス')).not.toEqual(termsOf('カラス'));
    expect(terms('모자')).toEqual(['모', '자', '모자']);
  });

  test('a query matches beginnings of words, pairs of characters, and single characters as they are', () => {
    expect(isFound('Striped Silk Blouse', 'blo sil')).toBe(true);
    expect(isFound('Striped Silk Blouse', 'louse')).toBe(false);
    expect(isFound('纯棉长袖衬衫', '棉长')).toBe(true);
    expect(isFound('纯棉长袖衬衫', '棉袖')).toBe(false);
    expect(isFound('纯棉长袖衬衫', '衫')).toBe(true);
    expect(isFound('Vitamin C', 'c')).toBe(true);
    expect(isFound('Vitamin Complex', 'c')).toBe(false);
  });

  test('signs alone search for nothing', () => {
    expect(queryTerms('%_* -- "')).toEqual([]);
  });

  test('every text is found by itself, and no term is too long for its column', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 60 }), (text) => {
        for (const term of termsOf(text)) {
          expect(Array.from(term).length).toBeLessThanOrEqual(32);
        }
        return queryTerms(text).length === 0 || isFound(text, text);
      }),
    );
  });
});
