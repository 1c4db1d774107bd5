/**
 * A person decides over money that was not what we had asked for. Invariant: what was received is captured whole, and what
 * of it nobody owed us is reserved for its refund in the same transaction (RULES 7).
 *
 * Crash story: one transaction with its audit entry; it is done or it is not.
 */
import type { PaymentFacts } from '../../../gateways/gateway.ts';
import type { Actor } from '../../../kernel/actor.ts';
import type { Tx } from '../../../kernel/db/index.ts';
import { AppError, notFound } from '../../../kernel/errors.ts';
import { resolveAlert } from '../../alerts/index.ts';
import { writeAudit } from '../../audit/index.ts';
import { recordCapture } from '../captures/record-capture.ts';
import type { PaymentsDeps } from '../deps.ts';
import { mismatchNotAcceptable, noMismatch } from '../errors.ts';
import { MISMATCH_DISMISSED } from '../payment.ts';
import { lockPayment, patchPayment } from '../payment-repository.ts';
import type { PaymentRow } from '../tables.ts';
import { closePayment } from './end-payment.ts';

/**
 * `accept` lets the money pay the purpose and returns what is too much; `refund` returns all of it; `dismiss` leaves money
 * alone that is not ours to decide on (another merchant's account, an amount of nothing), with a note that says why.
 */
export type MismatchDecision = 'accept' | 'refund' | 'dismiss';

type HeldFacts = Omit<PaymentFacts, 'payer'> & { readonly field: string };

export interface MismatchOrder {
  readonly decision: MismatchDecision;
  readonly note: string | null;
  readonly by: Actor;
  readonly ip: string | null;
}

/** Throws `not_found`, `no_mismatch` and `mismatch_not_acceptable` (409). */
export async function resolveMismatch(
  tx: Tx,
  deps: PaymentsDeps,
  paymentId: string,
  order: MismatchOrder,
): Promise<void> {
  const { decision, note, by, ip } = order;
  const row = await lockPayment(tx, deps, paymentId);
  if (row === undefined) {
    throw new AppError(notFound);
  }
  if (row.mismatch === null || row.status !== 'unknown') {
    throw new AppError(noMismatch);
  }
  const held = JSON.parse(row.mismatch) as HeldFacts;
  if (!isPossible(row, held, decision)) {
    throw new AppError(mismatchNotAcceptable, { details: { field: held.field, decision } });
  }
  if (decision === 'dismiss') {
    await dismiss(tx, deps, row, held, by);
  } else {
    const honour = decision === 'accept' ? 'ask' : 'refuse';
    const options = { by, honour, surplusOrigin: 'mismatch', keepsPollJob: false } as const;
    await recordCapture(tx, deps, row, { ...held, payer: null }, options);
  }
  await resolveAlert(tx, { kind: 'payment_mismatch', subject: row.id, by, note: note ?? decision });
  await writeAudit(tx, {
    actor: by,
    action: 'payment.resolve_mismatch',
    target: { type: 'payment', id: row.id },
    before: { status: row.status, expected: { amount: row.amount, currency: row.currency } },
    after: { decision, note, received: held.amount },
    ip,
  });
}

/** Money at another merchant's account is not ours to return, in another currency it pays nothing, and nothing is nothing. */
function isPossible(row: PaymentRow, held: HeldFacts, decision: MismatchDecision): boolean {
  const isOurs = held.merchantAccount === row.merchant_account && held.amount.amount > 0;
  switch (decision) {
    case 'accept':
      return isOurs && held.amount.currency === row.currency;
    case 'refund':
      return isOurs;
    case 'dismiss':
      return true;
  }
}

/** What did not match moves nothing again: the attempt is closed, and remembers the number of that money. */
async function dismiss(
  tx: Tx,
  deps: PaymentsDeps,
  row: PaymentRow,
  held: HeldFacts,
  by: Actor,
): Promise<void> {
  const noted = await patchPayment(tx, row, { transaction_id: held.transactionId });
  await closePayment(tx, deps, noted, { by, reason: MISMATCH_DISMISSED });
}
