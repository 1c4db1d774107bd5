/** Chance from a seed: the same seed chooses the same. */
export interface Chance {
  /** A whole number from 0 up to `count - 1`. */
  upTo(count: number): number;
  /** Whether something that happens in `share` of a hundred cases happens now. */
  happens(share: number): boolean;
  pick<T>(all: readonly [T, ...T[]]): T;
}

/** Numbers from 0 up to 1 that are the same for the same seed (mulberry32). */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function createChance(seed: number): Chance {
  const random = createRandom(seed);
  const upTo = (count: number) => Math.floor(random() * count);
  return { upTo, happens: (share) => random() * 100 < share, pick: (all) => all[upTo(all.length)] ?? all[0] };
}
