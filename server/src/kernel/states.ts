/**
 * State machines as data. A machine is a const table that is checked when it is defined (every state reachable, ends
 * named), and a row is moved along it by `transition` only: a compare-and-set on the row's version together with the
 * history row, in the caller's transaction. Whoever loses the race gets a TransactionConflict, and `db.tx` lets it look again.
 */
import type { Actor } from './actor.ts';
import { type TableName, type Tx, updateVersioned } from './db/index.ts';
import { AppError, illegalTransition } from './errors.ts';

/** The arrows of one status column. `ends` may have arrows too: late ones, such as a payment after closing (RULES 23). */
export interface StateTable<S extends string> {
  readonly name: string;
  readonly initial: readonly S[];
  readonly ends: readonly S[];
  readonly arrows: Readonly<Record<S, readonly S[]>>;
}

/** Declares a state table; throws at start-up when a state is unreachable, an arrow leads nowhere, or an end is not named. */
export function defineStates<S extends string>(states: StateTable<S>): StateTable<S> {
  const all = Object.keys(states.arrows) as S[];
  const reached = new Set<S>(states.initial);
  const waiting = [...states.initial];
  for (let state = waiting.pop(); state !== undefined; state = waiting.pop()) {
    for (const next of states.arrows[state] ?? []) {
      if (!all.includes(next)) {
        throw new Error(`${states.name}: ${state} leads to ${next}, which is no state`);
      }
      if (!reached.has(next)) {
        reached.add(next);
        waiting.push(next);
      }
    }
  }
  for (const state of all) {
    if (!reached.has(state)) {
      throw new Error(`${states.name}: ${state} can not be reached`);
    }
    if (states.arrows[state].length === 0 && !states.ends.includes(state)) {
      throw new Error(`${states.name}: ${state} leads nowhere but is not named as an end`);
    }
  }
  return states;
}

/** Whether the table has an arrow between the two states. */
export function canMove<S extends string>(states: StateTable<S>, from: S, to: S): boolean {
  return states.arrows[from].includes(to);
}

/** The status columns of one table and their arrows. The table has `id`, `version` and `updated_at`. */
export interface Machine {
  readonly entity: string;
  readonly table: TableName;
  /** Column name → its arrows. */
  readonly fields: Readonly<Record<string, StateTable<string>>>;
}

const machines = new Map<string, Machine>();

/** Declares which columns of which table carry which state tables. */
export function defineMachine<const M extends Machine>(machine: M): M {
  machines.set(machine.entity, machine);
  return machine;
}

/** Every machine that was defined; `doctor` checks all histories against them. */
export function allMachines(): readonly Machine[] {
  return [...machines.values()];
}

declare module './db/types.ts' {
  interface Schema {
    /** Owned by kernel/states. One row a step, known by `entity_id` and `version`. */
    state_history: {
      entity: string;
      entity_id: string;
      version: number;
      field: string;
      from_state: string | null;
      to_state: string;
      actor_type: Actor['type'];
      actor_id: string;
      note: string | null;
      at: number;
    };
  }
}

interface Versioned {
  readonly id: string;
  readonly version: number;
}

interface Step {
  readonly field: string;
  readonly from: string | null;
  readonly to: string;
}

export interface TransitionOptions<R> {
  readonly by: Actor;
  readonly note?: string | undefined;
  /** Other columns that change in the same update. */
  readonly set?: Partial<R>;
}

/**
 * Moves `row` to the states in `changes` and writes one history row a step; answers the row as it stands now.
 * Throws `illegal_transition` (409, with the legal ones) for an arrow that is not in the table, and a
 * TransactionConflict when the row has changed since it was read.
 */
export async function transition<R extends Versioned>(
  tx: Tx,
  machine: Machine,
  row: R,
  changes: Partial<R>,
  options: TransitionOptions<R>,
): Promise<R> {
  const steps = Object.entries(changes).map(([field, to]): Step => {
    const from = (row as Record<string, unknown>)[field] as string;
    assertLegal(machine, field, from, to as string);
    return { field, from, to: to as string };
  });
  const values = { ...options.set, ...changes, version: row.version + steps.length, updated_at: tx.now };
  await updateVersioned(tx, machine.table, row, values);
  appendHistory(tx, machine, row.id, row.version, steps, options);
  return { ...row, ...values };
}

/**
 * Writes the first history rows of a row that is being inserted with `version` = number of its status columns.
 * `states` maps each status column to its initial state.
 */
export async function recordInitialStates(
  tx: Tx,
  machine: Machine,
  id: string,
  states: Readonly<Record<string, string>>,
  options: { readonly by: Actor; readonly note?: string | undefined },
): Promise<void> {
  const steps = Object.entries(states).map(([field, to]): Step => {
    if (!machine.fields[field]?.initial.includes(to)) {
      throw new Error(`${machine.entity}.${field} can not begin as ${to}`);
    }
    return { field, from: null, to };
  });
  appendHistory(tx, machine, id, 0, steps, options);
}

/** The version of a fresh row of this machine: one step for each status column. */
export function initialVersion(machine: Machine): number {
  return Object.keys(machine.fields).length;
}

function assertLegal(machine: Machine, field: string, from: string, to: string): void {
  const states = machine.fields[field];
  if (!states) {
    throw new Error(`${machine.entity} has no status column ${field}`);
  }
  const legal = states.arrows[from];
  if (!legal?.includes(to)) {
    throw new AppError(illegalTransition, {
      details: { entity: machine.entity, field, from, to, legal: legal ?? [] },
    });
  }
}

function appendHistory(
  tx: Tx,
  machine: Machine,
  id: string,
  version: number,
  steps: readonly Step[],
  { by, note }: { readonly by: Actor; readonly note?: string | undefined },
): void {
  const rows = steps.map((step, index) => ({
    entity: machine.entity,
    entity_id: id,
    version: version + index + 1,
    field: step.field,
    from_state: step.from,
    to_state: step.to,
    actor_type: by.type,
    actor_id: by.id,
    note: note ?? null,
    at: tx.now,
  }));
  tx.append('state_history', ...rows);
}
