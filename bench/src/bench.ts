import type { Engine } from '../../server/src/kernel/db/index.ts';
import type { BenchResult } from './result.ts';

/** What was asked for on the command line. */
export interface BenchOptions {
  readonly engine: Engine;
  readonly runs: number;
  readonly seconds: number;
  /** How many there are in the end, where a measurement grows with them. */
  readonly orders: number;
}

/** One measurement that can be asked for by name. */
export interface Bench {
  readonly name: string;
  readonly summary: string;
  /** The engines that it runs on when none is asked for. */
  readonly engines: readonly Engine[];
  run(options: BenchOptions): Promise<BenchResult[]>;
}
