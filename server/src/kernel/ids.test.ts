import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { newId, randomCode } from './ids.ts';

test('an id carries its prefix, fits a provider of 32 characters and needs no escaping anywhere', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z]{2,4}$/), (prefix) => {
      const id = newId(prefix);
      expect(id).toMatch(new RegExp(`^${prefix}_[0-9a-hjkmnp-tv-z]{26}$`));
      expect(id.length).toBeLessThanOrEqual(32);
    }),
  );
});

test('a hundred thousand ids are all different', () => {
  expect(new Set(Array.from({ length: 100_000 }, () => newId('ord'))).size).toBe(100_000);
});

test('ids sort in the order in which they were made, however many in a millisecond', async () => {
  const ids: string[] = [];
  for (let n = 0; n < 5; n += 1) {
    ids.push(...Array.from({ length: 1_000 }, () => newId('ord')));
    await sleep(2);
  }
  expect([...ids].sort()).toEqual(ids);
});

test('a clock that is set back does not let a later id sort before an earlier one', () => {
  const before = newId('ord');
  vi.useFakeTimers({ now: Date.now() - 3_600_000, toFake: ['Date'] });
  try {
    expect(newId('ord') > before).toBe(true);
  } finally {
    vi.useRealTimers();
  }
});

test('nobody tells the next id from the last: half of what follows the time is new', () => {
  const tails = new Set(Array.from({ length: 10_000 }, () => newId('ord').slice(-8)));
  expect(tails.size).toBeGreaterThan(9_990);
});

test('random codes have the length asked for and use every character about as often', () => {
  const counts = new Map<string, number>();
  for (const character of Array.from({ length: 1_000 }, () => randomCode(32)).join('')) {
    counts.set(character, (counts.get(character) ?? 0) + 1);
  }
  expect(counts.size).toBe(32);
  for (const count of counts.values()) {
    expect(count).toBeGreaterThan(800);
    expect(count).toBeLessThan(1_200);
  }
});
