/**
 * A person decides over money that was not what we had asked for. Invariant: what was received is captured whole, and what
 * of it nobody owed us is reserved for its refund in the same transaction (RULES 7).
 *
 * Crash story: one transaction with its audit entry; it is done or it is not.
 */
import type { PaymentFacts } from '../../gateways/gateway.ts';
import type { Actor } from '../../kernel/actor.ts';
import type { Tx } from '../../kernel/db/index.ts';
import { AppError, notFound } from '../../kernel/errors.ts';
import { resolveAlert } from '../alerts/index.ts';
import { writeAudit } from '../audit/index.ts';
import type { PaymentsDeps } from './deps.ts';
import { mismatchNotAcceptable, noMismatch } from './errors.ts';
import { lockPayment } from './payment-repository.ts';
import { recordCapture } from './record-capture.ts';

/** `accept` lets the money pay the purpose and returns what is too much; `refund` returns all of it. */
export type MismatchDecision = 'accept' | 'refund';

type HeldFacts = Omit<PaymentFacts, 'payer'> & { readonly field: string };

/** Throws `not_found`, `no_mismatch` and `mismatch_not_acceptable` (409). */
export async function resolveMismatch(
  tx: Tx,
  deps: PaymentsDeps,
  paymentId: string,
  {
    decision,
    by,
    ip,
  }: { readonly decision: MismatchDecision; readonly by: Actor; readonly ip: string | null },
): Promise<void> {
  const row = await lockPayment(tx, deps, paymentId);
  if (row === undefined) {
    throw new AppError(notFound);
  }
  if (row.mismatch === null || row.status !== 'unknown') {
    throw new AppError(noMismatch);
  }
  const held = JSON.parse(row.mismatch) as HeldFacts;
  if (held.merchantAccount !== row.merchant_account || held.amount.currency !== row.currency) {
    throw new AppError(mismatchNotAcceptable, { details: { field: held.field } });
  }
  await recordCapture(
    tx,
    deps,
    row,
    { ...held, payer: null },
    {
      by,
      honour: decision === 'accept' ? 'ask' : 'refuse',
      surplusOrigin: 'mismatch',
      keepsPollJob: false,
    },
  );
  await resolveAlert(tx, { kind: 'payment_mismatch', subject: row.id, by, note: decision });
  await writeAudit(tx, {
    actor: by,
    action: 'payment.resolve_mismatch',
    target: { type: 'payment', id: row.id },
    before: { status: row.status, expected: { amount: row.amount, currency: row.currency } },
    after: { decision, received: held.amount },
    ip,
  });
}
