/** I8: every status equals the newest version of its history, and every step was legal. */
import type { Reader } from './db/index.ts';
import type { Machine } from './states.ts';

const PAGE = 500;
const MAX_FOUND = 100;

/** A row whose statuses and history do not agree. */
export interface BrokenHistory {
  readonly entity: string;
  readonly id: string;
  readonly message: string;
}

/** One step as it stands in `state_history`. */
export interface RecordedStep {
  readonly version: number;
  readonly field: string;
  readonly from_state: string | null;
  readonly to_state: string;
}

type StatusRow = { readonly id: string; readonly version: number } & Readonly<Record<string, unknown>>;

/**
 * Compares every row of the machine's table with its history, in pages by id, so that it also works on millions; stops
 * at the hundredth that is broken.
 */
export async function checkHistories(reader: Reader, machine: Machine): Promise<BrokenHistory[]> {
  const found: BrokenHistory[] = [];
  for (let after = ''; found.length < MAX_FOUND; ) {
    const rows = await readPage(reader, machine, after);
    const last = rows.at(-1);
    if (last === undefined) {
      break;
    }
    const histories = await readSteps(
      reader,
      rows.map(({ id }) => id),
    );
    for (const row of rows) {
      const message = findBrokenStep(machine, row, histories.get(row.id) ?? []);
      if (message !== undefined) {
        found.push({ entity: machine.entity, id: row.id, message });
      }
    }
    after = last.id;
  }
  return found;
}

async function readPage(reader: Reader, { table, fields }: Machine, after: string): Promise<StatusRow[]> {
  const columns = ['id', 'version', ...Object.keys(fields)];
  const rows = await reader.query
    .selectFrom(table as never)
    .select(columns as never)
    .where('id' as never, '>', after as never)
    .orderBy('id' as never)
    .limit(PAGE)
    .execute();
  return rows as unknown as StatusRow[];
}

async function readSteps(reader: Reader, ids: readonly string[]): Promise<Map<string, RecordedStep[]>> {
  const steps = await reader.query
    .selectFrom('state_history')
    .select(['entity_id', 'version', 'field', 'from_state', 'to_state'])
    .where('entity_id', 'in', [...ids])
    .orderBy('entity_id')
    .orderBy('version')
    .execute();
  return Map.groupBy(steps, ({ entity_id }) => entity_id);
}

/** What is wrong with the history of one row, whose steps come in the order of their versions; `undefined` when nothing is. */
export function findBrokenStep(
  machine: Machine,
  row: StatusRow,
  steps: readonly RecordedStep[],
): string | undefined {
  const reached = new Map<string, string>();
  for (const [index, { version, field, from_state: from, to_state: to }] of steps.entries()) {
    const states = machine.fields[field];
    const previous = reached.get(field);
    if (version !== index + 1) {
      return `version ${index + 1} is missing from the history`;
    }
    if (from !== (previous ?? null)) {
      return `version ${version} leaves ${field} ${from ?? 'nothing'}, which was ${previous ?? 'nothing'}`;
    }
    const isLegal = from === null ? states?.initial.includes(to) : states?.arrows[from]?.includes(to);
    if (!isLegal) {
      return `version ${version} moves ${field} from ${from ?? 'nothing'} to ${to}, which is no arrow`;
    }
    reached.set(field, to);
  }
  if (row.version !== steps.length) {
    return `version ${row.version} has ${steps.length} steps in its history`;
  }
  const field = Object.keys(machine.fields).find((name) => reached.get(name) !== row[name]);
  return field && `${field} is ${String(row[field])}, its history says ${reached.get(field) ?? 'nothing'}`;
}
