/**
 * A person's word on an attempt that waits. Invariant: one decision for each attempt, and the attempt moves in its
 * transaction: approved, its provider may be called; rejected, it is closed and its provider never hears of it.
 *
 * Crash story: decision, attempt, alert and audit entry are one transaction; dying before it leaves the attempt waiting.
 */
import type { Actor } from '../../kernel/actor.ts';
import type { Tx } from '../../kernel/db/index.ts';
import { AppError, notFound } from '../../kernel/errors.ts';
import { writeAudit } from '../audit/index.ts';
import { notUnderReview, type Payments } from '../payments/index.ts';
import { findAssessment } from './queries.ts';

export type ReviewedPayments = Pick<Payments, 'approveReview' | 'rejectReview'>;

export interface ReviewDecision {
  readonly assessmentId: string;
  readonly decision: 'approved' | 'rejected';
  readonly note: string | null;
  readonly by: Actor;
  readonly ip: string;
}

/** Throws `not_found` (404), `not_under_review` (409), and what the owner of the purpose refuses with. */
export async function decideReview(
  tx: Tx,
  payments: ReviewedPayments,
  { assessmentId, decision, note, by, ip }: ReviewDecision,
): Promise<void> {
  const assessment = await findAssessment(tx, assessmentId);
  if (assessment === undefined) {
    throw new AppError(notFound);
  }
  const move = decision === 'approved' ? payments.approveReview : payments.rejectReview;
  await move(tx, { paymentId: assessment.payment_id, by });
  const { numUpdatedRows } = await tx.query
    .updateTable('risk_assessments')
    .set({ decision, decided_by: by.id, decision_note: note, decided_at: tx.now })
    .where('id', '=', assessmentId)
    .where('decision', 'is', null)
    .executeTakeFirst();
  if (Number(numUpdatedRows) !== 1) {
    throw new AppError(notUnderReview);
  }
  await writeAudit(tx, {
    actor: by,
    action: decision === 'approved' ? 'payment_review.approve' : 'payment_review.reject',
    target: { type: 'payment', id: assessment.payment_id },
    after: { assessmentId, note },
    ip,
  });
}
