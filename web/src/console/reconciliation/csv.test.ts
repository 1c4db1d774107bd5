import { describe, expect, test } from 'vitest';
import { toCsv } from './csv.ts';

describe('a table for a spreadsheet', () => {
  test('quotes what needs it and says that it is UTF-8', () => {
    expect(
      toCsv(
        ['a', 'b'],
        [
          ['1,5', 'say "hi"'],
          [null, '中文\nnext'],
        ],
      ),
    ).toBe('\uFEFFa,b\r\n"1,5","say ""hi"""\r\n,"中文\nnext"\r\n');
  });

  test('a text that looks like a formula stays a text, and a negative number a number', () => {
    expect(toCsv(['a', 'b'], [['=1+1', -5]])).toBe("\uFEFFa,b\r\n'=1+1,-5\r\n");
  });
});
