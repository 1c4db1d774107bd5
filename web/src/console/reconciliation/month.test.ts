import { describe, expect, test } from 'vitest';
import { addMonths, weeksOf } from './month.ts';

describe('the weeks of a month', () => {
  test('begin on Monday and hold every day once', () => {
    const weeks = weeksOf('2026-11');
    expect(weeks.map(([monday]) => monday)).toEqual([
      ...['2026-10-26', '2026-11-02', '2026-11-09', '2026-11-16', '2026-11-23', '2026-11-30'],
    ]);
    expect(weeks.flat().filter((day) => day.startsWith('2026-11'))).toHaveLength(30);
    expect(weeksOf('2027-02')).toHaveLength(4);
  });

  test('months follow each other over the year', () => {
    expect([addMonths('2026-12', 1), addMonths('2026-01', -1)]).toEqual(['2027-01', '2025-12']);
  });
});
