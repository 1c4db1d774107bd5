/** A person settles a difference that no query can clear up. */
import type { Actor } from '../../kernel/actor.ts';
import type { Tx } from '../../kernel/db/index.ts';
import { AppError, notFound } from '../../kernel/errors.ts';
import { transition } from '../../kernel/states.ts';
import { writeAudit } from '../audit/index.ts';
import type { Resolution } from './difference-kind.ts';
import { refreshAlert } from './difference-repository.ts';
import { differenceMachine } from './difference-states.ts';
import type { BillDifferenceRow } from './tables.ts';

export interface Decision {
  readonly resolution: Resolution;
  readonly note: string;
  readonly by: Actor;
  readonly ip: string | null;
}

/** Throws `not_found`, and `illegal_transition` where nothing is left to decide. Moves no money. */
export async function resolveDifference(
  tx: Tx,
  id: string,
  { resolution, note, by, ip }: Decision,
): Promise<BillDifferenceRow> {
  const row = await tx.lock('bill_differences', id);
  if (row === undefined) {
    throw new AppError(notFound);
  }
  const after = await transition<BillDifferenceRow>(
    tx,
    differenceMachine,
    row,
    { state: 'resolved' },
    { by, note, set: { resolution, note } },
  );
  await refreshAlert(tx, { id: row.run_id, provider: row.provider, bill_date: row.bill_date }, by);
  await writeAudit(tx, {
    actor: by,
    action: 'bill_difference.resolve',
    target: { type: 'bill_difference', id },
    before: { state: row.state },
    after: { state: after.state, resolution, note },
    ip,
  });
  return after;
}
