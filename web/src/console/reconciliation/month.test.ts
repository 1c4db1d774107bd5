import { describe, expect, test } from 'vitest';
import { addMonths, daysOf, isWeekend } from './month.ts';

describe('a month', () => {
  test('has each of its days once, also in a leap year', () => {
    expect(daysOf('2026-11')).toHaveLength(30);
    expect(daysOf('2026-12').at(-1)).toBe('2026-12-31');
    expect(daysOf('2028-02').at(-1)).toBe('2028-02-29');
  });

  test('knows its weekends', () => {
    expect(daysOf('2026-11').filter(isWeekend).slice(0, 3)).toEqual([
      ...['2026-11-01', '2026-11-07', '2026-11-08'],
    ]);
  });

  test('follows another one over the year', () => {
    expect([addMonths('2026-12', 1), addMonths('2026-01', -1)]).toEqual(['2027-01', '2025-12']);
  });
});
