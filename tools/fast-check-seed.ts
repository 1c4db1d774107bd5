/** Gives every property the seed of this run, which vitest.config.ts prints: `FAST_CHECK_SEED=… npm test` repeats it. */
import fc from 'fast-check';

fc.configureGlobal({ seed: Number(process.env.FAST_CHECK_SEED) });
