import type { Tx } from '../../kernel/db/index.ts';
import { newId } from '../../kernel/ids.ts';
import { findPaymentsById, type PaymentEvent } from '../payments/index.ts';

/** How payments names the rail. */
export const PROVIDER = 'cash_on_delivery';

/**
 * Writes down that a courier holds the cash of a payment, in the transaction that books it. Does nothing for other rails,
 * and nothing a second time.
 */
export async function recordCollection(
  tx: Tx,
  { provider, paymentId, purpose, amount }: PaymentEvent,
): Promise<void> {
  if (provider !== PROVIDER) {
    return;
  }
  const [payment] = await findPaymentsById(tx, PROVIDER, [paymentId]);
  await tx.insertOnce('cash_collections', {
    id: newId('ccl'),
    payment_id: paymentId,
    purpose_id: purpose.id,
    amount: payment?.capturedAmount ?? amount.amount,
    currency: amount.currency,
    remittance_id: null,
    collected_at: tx.now,
    remitted_at: null,
  });
}
