import { z } from 'zod';
import { controlError } from './control-error.ts';
import { newId } from './random.ts';
import type { Store } from './store.ts';

/** What a provider's folder says it can do wrong: for each operation the kinds of fault it knows. */
export type FaultCatalogue = Readonly<Record<string, readonly string[]>>;

export const faultInputSchema = z.strictObject({
  provider: z.string(),
  /** An operation of that provider, or `*` for any of them that knows the kind. */
  operation: z.string(),
  kind: z.string(),
  /** How often it strikes before it is gone; `always` until it is cleared. */
  times: z.union([z.number().int().positive(), z.literal('always')]).default(1),
  match: z.record(z.string(), z.string()).default({}),
  params: z.record(z.string(), z.unknown()).default({}),
});

export type FaultInput = z.input<typeof faultInputSchema>;

export interface Fault {
  id: string;
  provider: string;
  operation: string;
  kind: string;
  /** Strikes left. */
  times: number | 'always';
  match: Record<string, string>;
  params: Record<string, unknown>;
}

export interface Faults {
  register(provider: string, catalogue: FaultCatalogue): void;
  catalogue(): Readonly<Record<string, FaultCatalogue>>;
  set(input: FaultInput): Fault;
  list(): Fault[];
  clear(id?: string): number;
  /**
   * Claims the oldest armed fault of one of these kinds and counts it down, or answers undefined.
   * `subject` holds what a fault may be narrowed to by its `match`, such as `{ outTradeNo }`.
   */
  take(
    provider: string,
    operation: string,
    kinds: readonly string[],
    subject: Readonly<Record<string, string | undefined>>,
  ): Fault | undefined;
  /** Forgets what is in memory after the store was emptied. */
  reset(): void;
}

export const FAULT_TABLES = ['faults'] as const;

const SCHEMA = `CREATE TABLE IF NOT EXISTS faults (
  id TEXT PRIMARY KEY, plan TEXT NOT NULL) STRICT;`;

export function createFaults(store: Store): Faults {
  store.define(SCHEMA);
  const catalogues: Record<string, FaultCatalogue> = {};
  let armed = store
    .all<{ plan: string }>('SELECT plan FROM faults ORDER BY rowid')
    .map((row) => JSON.parse(row.plan) as Fault);

  function countDown(fault: Fault): void {
    if (fault.times === 'always') {
      return;
    }
    fault.times -= 1;
    if (fault.times === 0) {
      armed = armed.filter((other) => other !== fault);
      store.run('DELETE FROM faults WHERE id = ?', fault.id);
    } else {
      store.run('UPDATE faults SET plan = ? WHERE id = ?', JSON.stringify(fault), fault.id);
    }
  }

  return {
    register(provider, catalogue) {
      catalogues[provider] = catalogue;
    },
    catalogue: () => catalogues,
    set(input) {
      const plan = faultInputSchema.parse(input);
      assertKnown(catalogues, plan.provider, plan.operation, plan.kind);
      const fault: Fault = { id: newId('fault'), ...plan };
      armed.push(fault);
      store.run('INSERT INTO faults VALUES (?, ?)', fault.id, JSON.stringify(fault));
      return fault;
    },
    list: () => [...armed],
    clear(id) {
      const before = armed.length;
      armed = id === undefined ? [] : armed.filter((fault) => fault.id !== id);
      if (id === undefined) {
        store.run('DELETE FROM faults');
      } else {
        store.run('DELETE FROM faults WHERE id = ?', id);
      }
      return before - armed.length;
    },
    take(provider, operation, kinds, subject) {
      const fault = armed.find(
        (plan) =>
          plan.provider === provider &&
          (plan.operation === operation || plan.operation === '*') &&
          kinds.includes(plan.kind) &&
          Object.entries(plan.match).every(([key, value]) => subject[key] === value),
      );
      if (fault === undefined) {
        return undefined;
      }
      const struck = { ...fault };
      countDown(fault);
      return struck;
    },
    reset() {
      armed = [];
    },
  };
}

/** A misspelt plan would silently never strike, and a test would pass for the wrong reason. */
function assertKnown(
  catalogues: Record<string, FaultCatalogue>,
  provider: string,
  operation: string,
  kind: string,
): void {
  const catalogue = catalogues[provider];
  if (catalogue === undefined) {
    throw controlError(
      422,
      'unknown_provider',
      `No provider "${provider}". Known: ${Object.keys(catalogues).join(', ')}.`,
    );
  }
  const kinds = operation === '*' ? [...new Set(Object.values(catalogue).flat())] : catalogue[operation];
  if (kinds === undefined) {
    const known = Object.keys(catalogue).join(', ');
    throw controlError(
      422,
      'unknown_operation',
      `"${provider}" has no operation "${operation}". Known: ${known}, *.`,
    );
  }
  if (!kinds.includes(kind)) {
    const known = kinds.join(', ');
    throw controlError(
      422,
      'unknown_fault_kind',
      `"${operation}" knows no fault "${kind}". Known: ${known}.`,
    );
  }
}

/** Reads a number from a fault's parameters. */
export function numberParam(fault: Fault, name: string, fallback: number): number {
  const value = fault.params[name];
  return typeof value === 'number' ? value : fallback;
}

/** Reads a text from a fault's parameters. */
export function textParam(fault: Fault, name: string, fallback: string): string {
  const value = fault.params[name];
  return typeof value === 'string' ? value : fallback;
}
