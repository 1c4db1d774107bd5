import type { PaymentFacts } from '../../../gateways/gateway.ts';
import type { Actor } from '../../../kernel/actor.ts';
import type { Tx } from '../../../kernel/db/index.ts';
import { transition } from '../../../kernel/states.ts';
import { raiseAlert } from '../../alerts/index.ts';
import type { MismatchedField } from '../payment.ts';
import { patchPayment } from '../payment-repository.ts';
import { paymentMachine } from '../payment-states.ts';
import type { PaymentRow } from '../tables.ts';

/** Real money that is not what we asked for: the attempt is held until a person decides, and with it the close. Answers whether it moved. */
export async function holdMismatch(
  tx: Tx,
  row: PaymentRow,
  facts: PaymentFacts,
  field: MismatchedField,
  by: Actor,
): Promise<boolean> {
  const { payer: _payer, ...known } = facts;
  const mismatch = JSON.stringify({ field, ...known });
  await raiseAlert(tx, {
    kind: 'payment_mismatch',
    subject: row.id,
    severity: 'critical',
    details: { field, expected: { amount: row.amount, currency: row.currency }, received: facts.amount },
  });
  if (row.status === 'succeeded') {
    return false;
  }
  const set = { reason: 'mismatch', mismatch, live_key: row.live_key };
  if (row.status === 'unknown') {
    await patchPayment(tx, row, set);
    return false;
  }
  await transition<PaymentRow>(tx, paymentMachine, row, { status: 'unknown' }, { by, note: field, set });
  return true;
}
