/**
 * Writes one line of a statement. Invariant: of the lines that could stand for one payment's money exactly one is matched,
 * the one whose insert into `bank_statement_matches` came first; the others are duplicates that a person looks at.
 *
 * Crash story: runs in the transaction of its slice, together with its first history and its claim.
 */
import type { Actor } from '../../kernel/actor.ts';
import type { Tx } from '../../kernel/db/index.ts';
import { newId } from '../../kernel/ids.ts';
import { initialVersion, recordInitialStates, transition } from '../../kernel/states.ts';
import { raiseAlert } from '../alerts/index.ts';
import type { StatementLine } from './csv/read-statement.ts';
import type { BankAccount } from './deps.ts';
import { judgeIncoming, judgeOutgoing, type LineReason } from './judge-line.ts';
import { lineMachine } from './line-states.ts';
import { claimMatch, patchLine } from './repository.ts';
import type { LineRow } from './tables.ts';
import type { NamedFacts } from './write-line-facts.ts';

/** `known`: imported before; `changed`: imported before with another amount or day. */
export type LineOutcome = 'matched' | 'unmatched' | 'recorded' | 'known' | 'changed';

export interface WriteContext {
  readonly account: BankAccount;
  readonly statementId: string;
  readonly by: Actor;
}

interface Written {
  readonly outcome: LineOutcome;
  readonly reason: LineReason | null;
  readonly paymentId: string | null;
}

export async function writeLine(
  tx: Tx,
  context: WriteContext,
  line: StatementLine,
  named: NamedFacts,
): Promise<Written> {
  const { currency } = context.account;
  const movement = { amount: line.amount, currency };
  if (line.amount > 0) {
    const { payment, reason } = judgeIncoming(movement, named.payments);
    const row = toRow(tx, context, line, { state: 'unmatched', reason, payment_id: payment?.id ?? null });
    if (!(await insertLine(tx, row, context.by))) {
      return reportKnown(tx, row);
    }
    return reason === null
      ? match(tx, row, context.by)
      : { outcome: 'unmatched', reason, paymentId: row.payment_id };
  }
  const { bounced, refund } = judgeOutgoing(movement, named.payments, named.refunds);
  const row = toRow(tx, context, line, {
    state: 'recorded',
    reason: refund === null ? 'outgoing' : 'refund',
    payment_id: bounced?.id ?? refund?.paymentId ?? null,
    refund_id: refund?.id ?? null,
  });
  if (!(await insertLine(tx, row, context.by))) {
    return reportKnown(tx, row);
  }
  return bounced === null
    ? { outcome: 'recorded', reason: row.reason, paymentId: row.payment_id }
    : match(tx, row, context.by);
}

type Judged = Pick<LineRow, 'state' | 'reason' | 'payment_id'> & { readonly refund_id?: string | null };

function toRow(
  tx: Tx,
  { account, statementId, by }: WriteContext,
  line: StatementLine,
  judged: Judged,
): LineRow {
  return {
    id: newId('bsl'),
    version: initialVersion(lineMachine),
    statement_id: statementId,
    account_id: account.id,
    line_key: line.key,
    booked_on: line.bookedOn,
    amount: line.amount,
    currency: account.currency,
    counterparty: line.counterparty,
    description: line.description,
    bank_reference: line.bankReference,
    transaction_id: `${account.id}:${line.key}`,
    refund_id: null,
    imported_by: by.id,
    assigned_by: null,
    accepts_difference: 0,
    confirmed_by: null,
    confirmed_at: null,
    reversal_requested_by: null,
    reversed_by: null,
    created_at: tx.now,
    updated_at: tx.now,
    ...judged,
  };
}

async function insertLine(tx: Tx, row: LineRow, by: Actor): Promise<boolean> {
  const isNew = await tx.insertOnce('bank_statement_lines', row);
  if (isNew) {
    await recordInitialStates(tx, lineMachine, row.id, { state: row.state }, { by });
  }
  return isNew;
}

/** Takes the payment for this line, unless another line has it. */
async function match(tx: Tx, row: LineRow, by: Actor): Promise<Written> {
  const paymentId = row.payment_id as string;
  if (await claimMatch(tx, row, paymentId)) {
    const set = { reason: null };
    await transition<LineRow>(tx, lineMachine, row, { state: 'matched' }, { by, set });
    return { outcome: 'matched', reason: null, paymentId };
  }
  if (row.amount < 0) {
    return { outcome: 'recorded', reason: row.reason, paymentId };
  }
  await patchLine(tx, row, { reason: 'duplicate' });
  return { outcome: 'unmatched', reason: 'duplicate', paymentId };
}

/** The bank tells of it again. Another amount or day under the same reference is for a person to look at. */
async function reportKnown(tx: Tx, row: LineRow): Promise<Written> {
  const known = await tx.query
    .selectFrom('bank_statement_lines')
    .selectAll()
    .where('account_id', '=', row.account_id)
    .where('line_key', '=', row.line_key)
    .executeTakeFirstOrThrow();
  const paymentId = known.payment_id;
  if (known.amount === row.amount && known.booked_on === row.booked_on) {
    return { outcome: 'known', reason: known.reason, paymentId };
  }
  await raiseAlert(tx, {
    kind: 'statement_line_changed',
    subject: known.id,
    severity: 'warning',
    details: {
      imported: { amount: known.amount, bookedOn: known.booked_on },
      now: { amount: row.amount, bookedOn: row.booked_on },
    },
  });
  return { outcome: 'changed', reason: known.reason, paymentId };
}
