import { systemActor } from '../../kernel/actor.ts';
import { TransactionConflict, type Tx } from '../../kernel/db/index.ts';
import { newId } from '../../kernel/ids.ts';
import { initialVersion, recordInitialStates } from '../../kernel/states.ts';
import { alertMachine } from './alert-states.ts';
import type { AlertRow, Severity } from './tables.ts';

/** Something that a person should look at. */
export interface Alert {
  /** What has happened, such as `refund_failed`: snake_case, at most 48 characters. */
  readonly kind: string;
  /** The id of what it has happened to, at most 140 characters. */
  readonly subject: string;
  readonly severity: Severity;
  /** Facts for the person who looks at it. Never a secret. */
  readonly details?: Readonly<Record<string, unknown>>;
}

type AlertListener = (alert: Alert) => void;

const listeners = new Set<AlertListener>();

/** Tells `listener` of every alert that was raised and committed in this process; answers how to stop that. */
export function onAlertRaised(listener: AlertListener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The unique key of an alert while it is open. */
export function openKey(kind: string, subject: string): string {
  if (!/^[a-z][a-z0-9_]{0,47}$/.test(kind) || subject === '' || subject.length > 140) {
    throw new RangeError(`alert ${kind} of ${subject}: the kind is snake_case, both are limited in length`);
  }
  return `${kind}:${subject}`;
}

/** Counts one more occurrence of the open alert; a warning can become critical, never the other way round. */
async function countOccurrence(tx: Tx, key: string, alert: Alert): Promise<boolean> {
  const { numUpdatedRows } = await tx.query
    .updateTable('alerts')
    .set((eb) => ({
      occurrences: eb('occurrences', '+', 1),
      last_at: tx.now,
      updated_at: tx.now,
      details: JSON.stringify(alert.details ?? {}),
      ...(alert.severity === 'critical' && { severity: alert.severity }),
    }))
    .where('open_key', '=', key)
    .executeTakeFirst();
  return Number(numUpdatedRows) === 1;
}

/**
 * Raises the alert in the transaction of what it is about. While one of the same kind and subject is open, it only
 * counts once more and keeps the newest details. Safe to call from any number of transactions at once.
 */
export async function raiseAlert(tx: Tx, alert: Alert): Promise<void> {
  const key = openKey(alert.kind, alert.subject);
  tx.afterCommit(() => {
    for (const listener of listeners) {
      listener(alert);
    }
  });
  if (await countOccurrence(tx, key, alert)) {
    return;
  }
  const row: AlertRow = {
    id: newId('alr'),
    kind: alert.kind,
    subject: alert.subject,
    severity: alert.severity,
    details: JSON.stringify(alert.details ?? {}),
    state: 'open',
    open_key: key,
    occurrences: 1,
    first_at: tx.now,
    last_at: tx.now,
    resolved_at: null,
    version: initialVersion(alertMachine),
    updated_at: tx.now,
  };
  if (await tx.insertOnce('alerts', row)) {
    await recordInitialStates(tx, alertMachine, row.id, { state: 'open' }, { by: systemActor(tx.name) });
  } else if (!(await countOccurrence(tx, key, alert))) {
    throw new TransactionConflict(`alert ${key} was raised and resolved by others meanwhile`);
  }
}
