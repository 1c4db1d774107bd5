import { describe, expect, test } from 'vitest';
import { isError } from '../../../kernel/errors.ts';
import { statementColumnsMissing, statementEmpty, statementUnreadable } from '../errors.ts';
import type { ColumnNames } from './columns.ts';
import { type ReadStatement, readStatement } from './read-statement.ts';
import { PRESETS, type Preset, parseAmount, parseDay } from './values.ts';

function read(
  file: string | Buffer,
  { preset = 'international', named = {} }: { preset?: Preset; named?: ColumnNames } = {},
): ReadStatement {
  const bytes = typeof file === 'string' ? Buffer.from(file) : file;
  return readStatement(bytes, { ...PRESETS[preset], currency: 'CNY', named, latestDay: '2026-11-22' });
}

const facts = ({ lines }: ReadStatement) =>
  lines.map(({ bookedOn, amount, description }) => [bookedOn, amount, description]);

describe('a statement', () => {
  test('is found below whatever the bank puts above it, in either language and either encoding', () => {
    const chinese = [
      '某银行交易明细',
      '账号:,6222 0000 1,户名:,算盘有限公司',
      '',
      '交易日期,收入金额(元),支出金额(元),余额(元),对方户名,摘要,附言,流水号',
      '20261120,"1,280.00",,5280.00,李晓,转账,K7QF2M9XTR4C,A001',
      '2026年11月21日,,30.00,5250.00,,手续费,,A002',
    ].join('\r\n');
    const expected = [
      ['2026-11-20', 128_000, '转账 K7QF2M9XTR4C'],
      ['2026-11-21', -3_000, '手续费'],
    ];
    expect(facts(read(chinese))).toEqual(expected);
    expect(facts(read(`\ufeff${chinese}`))).toEqual(expected);
    // The GBK bytes of 交易日期,金额,摘要 and 转账; this machine can not write GBK.
    const header = Buffer.from('bdbbd2d7c8d5c6da2cbdf0b6ee2cd5aad2aa0a', 'hex');
    const row = Buffer.concat([Buffer.from('2026-11-20,5.00,'), Buffer.from('d7aad5cb', 'hex')]);
    expect(facts(read(Buffer.concat([header, row])))).toEqual([['2026-11-20', 500, '转账']]);
  });

  test('of another country is read by its preset, or by the names that a person gives', () => {
    const german =
      'Buchungstag;Betrag;Verwendungszweck\n21.11.2026;1.234,50;K7QF-2M9X-TR4C\n20.11.2026;-3,00;Gebühr\n';
    expect(facts(read(german, { preset: 'european' }))).toEqual([
      ['2026-11-21', 123_450, 'K7QF-2M9X-TR4C'],
      ['2026-11-20', -300, 'Gebühr'],
    ]);
    const own = 'Wann\tWieviel\tWarum\n11/03/2026\t$1,000.00\ttea\n';
    const named = { date: 'Wann', amount: 'Wieviel', description: 'Warum' };
    expect(facts(read(own, { preset: 'american', named }))).toEqual([['2026-11-03', 100_000, 'tea']]);
    expect(facts(read(own, { preset: 'british', named }))).toEqual([['2026-03-11', 100_000, 'tea']]);
  });

  test('gives two lines that are alike keys of their own, and the same line the same key in every file', () => {
    const head = 'Date,Amount,Description\n';
    const twice = read(`${head}2026-11-20,5.00,tea\n2026-11-20,5.00,tea\n2026-11-20,6.00,tea\n`).lines;
    expect(new Set(twice.map(({ key }) => key)).size).toBe(3);
    const other = read(`${head}2026-11-19,1.00,milk\n2026-11-20,5.00,tea\n2026-11-20,5.00,tea\n`).lines;
    expect(other.slice(1).map(({ key }) => key)).toEqual(twice.slice(0, 2).map(({ key }) => key));
    const withReference = read(
      'Date,Amount,Transaction ID\n2026-11-20,5.00,A 1\n2026-11-20,5.00,流水二\n',
    ).lines;
    for (const { key } of [...twice, ...withReference]) {
      expect(key).toMatch(/^(ref|line):[\x21-\x7e]{1,48}#\d+$/);
    }
  });

  test('names every line that is wrong, by its number in the file', () => {
    const { lines, problems } = read(
      'Date,Amount,Currency\n2026-11-20,5.00,CNY\n20/11/2026,5.00,\n2026-11-20,5.005,RMB\n2026-11-20,5,EUR\n2027-01-01,5,\n2026-11-20,0.00,\n',
    );
    expect(lines).toHaveLength(1);
    expect(problems.map(({ line }) => line)).toEqual([3, 4, 5, 6]);
  });

  test.each([
    ['no columns that mean anything', 'a,b\n1,2\n', statementColumnsMissing],
    ['an amount without a date', 'Amount,Text\n1,2\n', statementColumnsMissing],
    ['no lines', 'Date,Amount\n', statementEmpty],
    ['bytes of no text', Buffer.from([0x44, 0x61, 0xff, 0xff, 0x80]), statementUnreadable],
    ['a quote that is never closed', 'Date,Amount\n"2026-11-20,1\n', statementUnreadable],
  ])('with %s is refused', (_what, file, error) => {
    let thrown: unknown;
    try {
      read(file);
    } catch (caught) {
      thrown = caught;
    }
    expect(isError(thrown, error)).toBe(true);
  });
});

test.each([
  ['1234.5', '.', 123_450],
  ['1,234.50', '.', 123_450],
  ["1'234.50", '.', 123_450],
  ['+12.80', '.', 1_280],
  ['-12.80', '.', -1_280],
  ['12.80-', '.', -1_280],
  ['(12.80)', '.', -1_280],
  ['−12.80', '.', -1_280],
  ['￥ 1 234 567.89', '.', 123_456_789],
  ['１２．８０', '.', 1_280],
  ['1.234,50', ',', 123_450],
  ['12,8', ',', 1_280],
  ['', '.', 0],
  ['12,80', '.', undefined],
  ['1.2.3', '.', undefined],
  ['--5', '.', undefined],
  ['ten', '.', undefined],
  ['12.805', '.', undefined],
] as const)('the amount %j with the decimal sign %s is %s', (text, decimal, expected) => {
  expect(parseAmount(text, decimal, 'CNY')).toBe(expected);
});

test.each([
  ['2026-02-28', 'iso', '2026-02-28'],
  ['2026/2/8 10:11:12', 'day_first', '2026-02-08'],
  ['20260228', 'iso', '2026-02-28'],
  ['2026-02-31', 'iso', undefined],
  ['28.02.2026', 'day_first', '2026-02-28'],
  ['02/28/2026', 'month_first', '2026-02-28'],
  ['02/28/2026', 'day_first', undefined],
  ['28.02.2026', 'iso', undefined],
  ['yesterday', 'iso', undefined],
] as const)('the day %j read %s is %s', (text, order, expected) => {
  expect(parseDay(text, order)).toBe(expected);
});
