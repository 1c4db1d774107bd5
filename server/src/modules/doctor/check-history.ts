/**
 * I8: the history of each row leads, step by legal step, to where the row stands. A status that was written past
 * `transition`, a step that is missing or one that no state table knows are found.
 */
import type { Reader } from '../../kernel/db/index.ts';
import { allMachines, type Machine } from '../../kernel/states.ts';
// Machines register themselves when their module is loaded; those whose checks are not called are loaded for that.
import '../alerts/index.ts';
import '../catalog/index.ts';
import '../identity/index.ts';
import type { Violation } from './invariants.ts';

const PAGE = 500;
const MAX_VIOLATIONS = 100;

interface Step {
  readonly entity_id: string;
  readonly version: number;
  readonly field: string;
  readonly from_state: string | null;
  readonly to_state: string;
}

/** Its status columns stand beside these, under their own names. */
interface Stateful extends Readonly<Record<string, unknown>> {
  readonly id: string;
  readonly version: number;
}

/** Every machine's rows against their histories, in pages. */
export async function checkHistory(db: Reader): Promise<Violation[]> {
  const found: Violation[] = [];
  for (const machine of allMachines()) {
    found.push(...(await checkMachine(db, machine)));
  }
  return found;
}

async function checkMachine(db: Reader, machine: Machine): Promise<Violation[]> {
  const found: Violation[] = [];
  for (let after = ''; found.length < MAX_VIOLATIONS; ) {
    const rows = await readRows(db, machine, after);
    const last = rows.at(-1);
    if (last === undefined) {
      break;
    }
    const steps = await readSteps(db, machine, rows);
    for (const row of rows) {
      const message = judge(machine, row, steps.get(row.id) ?? []);
      if (message !== undefined) {
        found.push({ invariant: 'I8', subject: row.id, message: `${machine.entity}: ${message}` });
      }
    }
    after = last.id;
  }
  return found;
}

async function readRows(db: Reader, machine: Machine, after: string): Promise<Stateful[]> {
  // The columns are known at run time only: those that the machine names, beside what every stateful table has.
  const columns = ['id', 'version', ...Object.keys(machine.fields)] as 'id'[];
  const rows = await db.query
    .selectFrom(machine.table as 'payments')
    .select(columns)
    .where('id', '>', after)
    .orderBy('id')
    .limit(PAGE)
    .execute();
  return rows as unknown as Stateful[];
}

async function readSteps(
  db: Reader,
  { entity }: Machine,
  rows: readonly Stateful[],
): Promise<ReadonlyMap<string, Step[]>> {
  const steps = await db.query
    .selectFrom('state_history')
    .select(['entity_id', 'version', 'field', 'from_state', 'to_state'])
    .where('entity', '=', entity)
    .where(
      'entity_id',
      'in',
      rows.map(({ id }) => id),
    )
    .orderBy('entity_id')
    .orderBy('version')
    .execute();
  return Map.groupBy(steps, ({ entity_id: id }) => id);
}

/** Walks the history of one row from nothing to its present states; answers the first thing that is wrong. */
function judge(machine: Machine, row: Stateful, steps: readonly Step[]): string | undefined {
  const reached = new Map<string, string>();
  for (const [index, step] of steps.entries()) {
    const before = reached.get(step.field) ?? null;
    if (step.version !== index + 1) {
      return `step ${index + 1} is missing from its history`;
    }
    if (step.from_state !== before) {
      return `step ${step.version} of ${step.field} leaves ${step.from_state}, where it was ${before}`;
    }
    if (!isLegal(machine, step)) {
      return `step ${step.version} of ${step.field}, ${step.from_state} to ${step.to_state}, is not legal`;
    }
    reached.set(step.field, step.to_state);
  }
  const astray = Object.keys(machine.fields).find((field) => reached.get(field) !== row[field]);
  if (astray !== undefined) {
    return `${astray} is ${String(row[astray])}, its history says ${reached.get(astray) ?? 'nothing'}`;
  }
  return row.version === steps.length ? undefined : `version ${row.version}, but ${steps.length} steps`;
}

function isLegal({ fields }: Machine, { field, from_state: from, to_state: to }: Step): boolean {
  const states = fields[field];
  if (states === undefined) {
    return false;
  }
  return from === null ? states.initial.includes(to) : (states.arrows[from]?.includes(to) ?? false);
}
