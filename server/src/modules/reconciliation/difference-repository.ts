/**
 * Writes down what a comparison has found. Invariant: one row for each (provider, account, kind, subject), however often a
 * day is run; what a person has resolved stays resolved.
 */
import type { Actor } from '../../kernel/actor.ts';
import {
  type Reader,
  statement,
  TransactionConflict,
  type Tx,
  updateVersioned,
} from '../../kernel/db/index.ts';
import { newId } from '../../kernel/ids.ts';
import { initialVersion, recordInitialStates, transition } from '../../kernel/states.ts';
import { raiseAlert, resolveAlert } from '../alerts/index.ts';
import type { Finding } from './difference.ts';
import type { DifferenceKind } from './difference-kind.ts';
import { type DifferenceState, differenceMachine } from './difference-states.ts';
import type { BillDifferenceRow, BillRunRow } from './tables.ts';

const ALERT = 'bill_differences';

const byId = statement<{ id: string }, BillDifferenceRow>((query, p) =>
  query.selectFrom('bill_differences').selectAll().where('id', '=', p.id),
);

export const findDifference = (db: Reader, id: string) => byId.first(db, { id });

/** Columns that say what the two sides look like now. */
function toColumns({ line, money }: Finding) {
  const transactionId = line?.transaction_id ?? money?.transactionId ?? null;
  return {
    type: line?.type ?? money?.type ?? 'other',
    line_run_id: line?.run_id ?? null,
    line_position: line?.position ?? null,
    local_id: money?.id ?? null,
    number: money?.number ?? line?.number ?? null,
    payment_number: money?.paymentNumber ?? line?.payment_number ?? null,
    transaction_id: transactionId,
    there_amount: line?.amount ?? null,
    there_currency: line?.currency ?? null,
    there_fee: line?.fee ?? null,
    there_status: line?.status ?? null,
    there_merchant: line?.merchant_account ?? null,
    here_amount: money?.amount.amount ?? null,
    here_currency: money?.amount.currency ?? null,
    here_fee: money?.fee ?? null,
    here_status: money?.status ?? null,
    occurred_at: line?.occurred_at ?? money?.occurredAt ?? 0,
  } satisfies Partial<BillDifferenceRow>;
}

const mark = (kind: string, subject: string) => `${kind} ${subject}`;

/** Writes the findings down as of a pass of `run`; a line of another file is that file's. */
export async function recordFindings(
  tx: Tx,
  run: BillRunRow,
  findings: readonly Finding[],
  by: Actor,
): Promise<void> {
  const present = await findPresent(tx, run, findings);
  for (const finding of findings) {
    const row = present.get(mark(finding.kind, finding.subject));
    await (row === undefined
      ? insertFinding(tx, run, finding, by)
      : updateFinding(tx, run, row, finding, by));
  }
}

async function findPresent(
  tx: Tx,
  run: BillRunRow,
  findings: readonly Finding[],
): Promise<Map<string, BillDifferenceRow>> {
  if (findings.length === 0) {
    return new Map();
  }
  const rows = await tx.query
    .selectFrom('bill_differences')
    .selectAll()
    .where('provider', '=', run.provider)
    .where('merchant_account', '=', run.merchant_account)
    .where('kind', 'in', [...new Set(findings.map(({ kind }) => kind))])
    .where(
      'subject',
      'in',
      findings.map(({ subject }) => subject),
    )
    .execute();
  return new Map(rows.map((row) => [mark(row.kind, row.subject), row]));
}

async function insertFinding(tx: Tx, run: BillRunRow, finding: Finding, by: Actor): Promise<void> {
  const isOwn = finding.line === null || finding.line.run_id === run.id;
  const state: DifferenceState = finding.isCarried ? 'carried' : 'open';
  const row: BillDifferenceRow = {
    id: newId('dif'),
    version: initialVersion(differenceMachine),
    state,
    kind: finding.kind,
    provider: run.provider,
    merchant_account: run.merchant_account,
    subject: finding.subject,
    run_id: finding.line?.run_id ?? run.id,
    bill_date: finding.line?.bill_date ?? run.bill_date,
    ...toColumns(finding),
    seen_pass: isOwn ? run.pass : 0,
    ...{ asked_at: null, answer: null, resolution: null, note: null },
    ...{ created_at: tx.now, updated_at: tx.now },
  };
  if (!(await tx.insertOnce('bill_differences', row))) {
    throw new TransactionConflict(`${finding.kind} of ${finding.subject} was found by somebody else`);
  }
  await recordInitialStates(tx, differenceMachine, row.id, { state }, { by });
}

async function updateFinding(
  tx: Tx,
  run: BillRunRow,
  row: BillDifferenceRow,
  finding: Finding,
  by: Actor,
): Promise<void> {
  const isOwn = finding.line === null || finding.line.run_id === run.id;
  const set = { ...toColumns(finding), ...(isOwn && { seen_pass: run.pass }) };
  const wanted: DifferenceState = finding.isCarried ? 'carried' : 'open';
  // What was open once stays so, and what a person has resolved is resolved.
  const moves = row.state === 'explained' || (row.state === 'carried' && wanted === 'open');
  if (moves) {
    const note = row.state === 'explained' ? 'found again' : 'in no other file';
    await transition<BillDifferenceRow>(tx, differenceMachine, row, { state: wanted }, { by, note, set });
  } else {
    await patchDifference(tx, row, set);
  }
}

/** Changes columns that are no state. Throws a TransactionConflict when the row has moved since it was read. */
export async function patchDifference(
  tx: Tx,
  row: BillDifferenceRow,
  set: Partial<Omit<BillDifferenceRow, 'id' | 'version' | 'state'>>,
): Promise<void> {
  await updateVersioned(tx, 'bill_differences', row, { ...set, updated_at: tx.now });
}

/** It is cleared up by itself; `note` says how. */
export function explain(tx: Tx, row: BillDifferenceRow, note: string, by: Actor): Promise<BillDifferenceRow> {
  return transition<BillDifferenceRow>(
    tx,
    differenceMachine,
    row,
    { state: 'explained' },
    { by, note, set: { note } },
  );
}

interface Wanted {
  readonly runId?: string;
  readonly notRunId?: string;
  readonly account?: { readonly provider: string; readonly merchant_account: string };
  readonly states: readonly DifferenceState[];
  readonly kinds?: readonly DifferenceKind[];
  /** Only those that no pass before this one has seen. */
  readonly seenBefore?: number;
  readonly after: string;
  readonly limit: number;
}

/** A page of differences by id. */
export async function pageDifferences(db: Reader, wanted: Wanted): Promise<BillDifferenceRow[]> {
  let query = db.query
    .selectFrom('bill_differences')
    .selectAll()
    .where('state', 'in', [...wanted.states])
    .where('id', '>', wanted.after);
  if (wanted.runId !== undefined) {
    query = query.where('run_id', '=', wanted.runId);
  }
  if (wanted.notRunId !== undefined) {
    query = query.where('run_id', '<>', wanted.notRunId);
  }
  if (wanted.account !== undefined) {
    query = query
      .where('provider', '=', wanted.account.provider)
      .where('merchant_account', '=', wanted.account.merchant_account);
  }
  if (wanted.kinds !== undefined) {
    query = query.where('kind', 'in', [...wanted.kinds]);
  }
  if (wanted.seenBefore !== undefined) {
    query = query.where('seen_pass', '<', wanted.seenBefore);
  }
  return query.orderBy('id').limit(wanted.limit).execute();
}

/** Raises the alert of a run that has open differences, or resolves it. */
export async function refreshAlert(
  tx: Tx,
  run: Pick<BillRunRow, 'id' | 'provider' | 'bill_date'>,
  by: Actor,
): Promise<void> {
  const counted = await tx.query
    .selectFrom('bill_differences')
    .select((select) => ['kind', select.fn.countAll<number>().as('total')])
    .where('run_id', '=', run.id)
    .where('state', '=', 'open')
    .groupBy('kind')
    .execute();
  if (counted.length === 0) {
    await resolveAlert(tx, { kind: ALERT, subject: run.id, by });
    return;
  }
  const kinds = Object.fromEntries(counted.map(({ kind, total }) => [kind, total]));
  const details = { provider: run.provider, date: run.bill_date, kinds };
  await raiseAlert(tx, { kind: ALERT, subject: run.id, severity: 'warning', details });
}
