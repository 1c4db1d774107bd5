/** A capture as it begins. */
import type { Tx } from '../../../kernel/db/index.ts';
import { newId } from '../../../kernel/ids.ts';
import { initialVersion } from '../../../kernel/states.ts';
import type { CaptureRow, PaymentRow } from '../tables.ts';
import { captureMachine } from './capture-states.ts';

/** A capture that its provider has not been asked for yet. */
export function newCapture(
  tx: Tx,
  payment: PaymentRow,
  {
    amount,
    isFinal,
    claimId = null,
  }: { readonly amount: number; readonly isFinal: boolean; readonly claimId?: string | null },
): CaptureRow {
  return {
    id: newId('cap'),
    version: initialVersion(captureMachine),
    status: 'requested',
    payment_id: payment.id,
    purpose_type: payment.purpose_type,
    purpose_id: payment.purpose_id,
    provider: payment.provider,
    merchant_account: payment.merchant_account,
    provider_capture_id: null,
    amount,
    currency: payment.currency,
    surplus_amount: 0,
    refund_reserved: 0,
    external_refunded: 0,
    captured_at: null,
    is_final: isFinal ? 1 : 0,
    claim_id: claimId,
    sent_at: null,
    failure: null,
    failure_reason: null,
    card_brand: null,
    card_last4: null,
    authorisation_code: null,
    response_code: null,
    created_at: tx.now,
    updated_at: tx.now,
  };
}
