import { expect, test } from 'vitest';
import { runSimulation } from './simulation.ts';

test.each([1, 2, 3])(
  'a random shop from seed %i ends with every invariant',
  { timeout: 120_000 },
  async (seed) => {
    const { wrong, done } = await runSimulation({ seed, steps: 150 });
    expect(wrong).toEqual([]);
    expect(Object.keys(done).length).toBeGreaterThan(8);
  },
);
