import type { Connection, Engine } from './types.ts';

/** One step of a migration: exactly one statement of DDL for each engine, harmless when it is run again. */
export interface MigrationStep {
  readonly name: string;
  sql(engine: Engine): string | undefined;
}

/** What a step of several statements is carried out with. */
export interface StepContext {
  readonly engine: Engine;
  /** Inside a transaction where the engine has DDL in transactions; on MySQL outside of any. */
  readonly connection: Connection;
  /** Whether the step of the same migration with this title was done. */
  wasDone(title: string): boolean;
  /** Throws unless this process is still the one that migrates, and keeps the others from taking over for a minute. */
  keepLock(): Promise<void>;
}

/**
 * A step that is more than one statement. It is done as a whole, with the note of it, or not at all; on MySQL, where DDL
 * commits by itself, it must be harmless when it is run again, wherever it was broken off.
 */
export interface CompoundStep {
  readonly name: string;
  carryOut(context: StepContext): Promise<void>;
}

export interface Migration {
  /** File name without its ending, such as `0010-orders`; migrations run in the order of their names. */
  readonly name: string;
  readonly steps: readonly (MigrationStep | CompoundStep)[];
}
