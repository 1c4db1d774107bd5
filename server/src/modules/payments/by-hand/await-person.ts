/** A refund that no provider carries out waits for a person. The caller has locked it. */
import type { Tx } from '../../../kernel/db/index.ts';
import { raiseAlert } from '../../alerts/index.ts';
import { patchRefund } from '../refunds/refund-repository.ts';
import type { RefundRow } from '../tables.ts';

/** Puts a refund that was sent into the list of those to be paid by hand; answers whether it was not there yet. */
export async function awaitPerson(tx: Tx, row: RefundRow): Promise<boolean> {
  if (row.status !== 'sent' || row.failure === 'by_hand') {
    return false;
  }
  await patchRefund(tx, row, { by_hand: 1, failure: 'by_hand' });
  await alertPerson(tx, row);
  return true;
}

/** Tells people that it is theirs to pay. */
export async function alertPerson(tx: Tx, row: RefundRow): Promise<void> {
  const details = { paymentId: row.payment_id, amount: row.amount, currency: row.currency };
  await raiseAlert(tx, { kind: 'refund_by_hand', subject: row.id, severity: 'warning', details });
}
