import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../kernel/clock.ts';
import { addDays, boundsOf, dateOf, newestReadyDate, readyAt } from './bill-day.ts';

const ZONES = ['UTC', 'Asia/Shanghai', 'America/Los_Angeles', 'Europe/Berlin', 'Australia/Lord_Howe'];

describe('the days of a bill', () => {
  test('a day in Shanghai begins at 16:00 UTC of the day before', () => {
    expect(boundsOf('2026-11-20', 'Asia/Shanghai')).toEqual({
      from: Date.parse('2026-11-19T16:00:00Z'),
      to: Date.parse('2026-11-20T16:00:00Z'),
    });
    expect(readyAt('2026-11-20', { timeZone: 'Asia/Shanghai', readyAtHour: 10 })).toBe(
      Date.parse('2026-11-21T02:00:00Z'),
    );
  });

  test('a day on which the clocks change has 23 or 25 hours', () => {
    const length = (date: string) => {
      const { from, to } = boundsOf(date, 'America/Los_Angeles');
      return (to - from) / HOUR_MS;
    };
    expect(['2026-03-07', '2026-03-08', '2026-11-01'].map(length)).toEqual([24, 23, 25]);
  });

  test('every moment lies within the bounds of its day, and the next day begins where this one ends', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: Date.UTC(2020, 0, 1), max: Date.UTC(2035, 0, 1) }),
        fc.constantFrom(...ZONES),
        (moment, zone) => {
          const date = dateOf(moment, zone);
          const { from, to } = boundsOf(date, zone);
          expect(from <= moment && moment < to).toBe(true);
          expect(boundsOf(addDays(date, 1), zone).from).toBe(to);
          expect(boundsOf(addDays(date, -1), zone).to).toBe(from);
        },
      ),
    );
  });

  test('the newest bill is that of yesterday from its hour on, and before that of the day before', () => {
    const calendar = { timeZone: 'Asia/Shanghai', readyAtHour: 10 };
    const ready = readyAt('2026-11-20', calendar);
    expect(newestReadyDate(ready, calendar)).toBe('2026-11-20');
    expect(newestReadyDate(ready - 1, calendar)).toBe('2026-11-19');
    expect(newestReadyDate(ready + DAY_MS - 1, calendar)).toBe('2026-11-20');
  });
});
