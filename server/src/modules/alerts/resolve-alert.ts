import type { Actor } from '../../kernel/actor.ts';
import type { Tx } from '../../kernel/db/index.ts';
import { transition } from '../../kernel/states.ts';
import { alertMachine } from './alert-states.ts';
import { openKey } from './raise-alert.ts';
import type { AlertRow } from './tables.ts';

/** Who resolves it and why. */
export interface Resolution {
  readonly by: Actor;
  readonly note?: string | undefined;
}

/** Moves an open alert to `resolved`. Throws `illegal_transition` (409) when it is resolved already. */
export function closeAlert(tx: Tx, row: AlertRow, { by, note }: Resolution): Promise<AlertRow> {
  const set = { open_key: null, resolved_at: tx.now };
  return transition<AlertRow>(tx, alertMachine, row, { state: 'resolved' }, { by, note, set });
}

/**
 * Resolves the open alert of this kind and subject because its cause is gone; answers whether there was one. The next
 * `raiseAlert` opens a new one.
 */
export async function resolveAlert(
  tx: Tx,
  alert: Resolution & { readonly kind: string; readonly subject: string },
): Promise<boolean> {
  const row = await tx.query
    .selectFrom('alerts')
    .selectAll()
    .where('open_key', '=', openKey(alert.kind, alert.subject))
    .executeTakeFirst();
  if (row === undefined) {
    return false;
  }
  await closeAlert(tx, row, alert);
  return true;
}
