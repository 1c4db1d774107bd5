import { checkHistories } from '../../kernel/check-histories.ts';
import type { Reader } from '../../kernel/db/index.ts';
import { allMachines } from '../../kernel/states.ts';
// Machines register themselves when their module is loaded; those whose checks are not called are loaded for that.
import '../alerts/index.ts';
import '../catalog/index.ts';
import '../identity/index.ts';
import type { Violation } from './invariants.ts';

/** I8: every status of every machine is the newest of its history, and every step was legal. */
export async function checkHistory(db: Reader): Promise<Violation[]> {
  const found: Violation[] = [];
  for (const machine of allMachines()) {
    for (const { entity, id, message } of await checkHistories(db, machine)) {
      found.push({ invariant: 'I8', subject: id, message: `${entity}: ${message}` });
    }
  }
  return found;
}
