/** Reads for people; nothing here decides about money. */
import { toIso } from '../../kernel/clock.ts';
import type { Reader } from '../../kernel/db/index.ts';
import { AppError, notFound } from '../../kernel/errors.ts';
import { COUNT_LIMIT, type Pagination, type Paging, paginate, readPage } from '../../kernel/http/index.ts';
import type { RiskLevel } from './score.ts';
import type { RiskAssessmentRow } from './tables.ts';
import { type AssessmentView, type EarlierAttempt, toAssessmentView } from './views.ts';

const HISTORY_LENGTH = 10;

export interface AssessmentFilter extends Paging {
  readonly level?: RiskLevel | undefined;
  readonly verdict?: RiskAssessmentRow['verdict'] | undefined;
  readonly customerId?: string | undefined;
  readonly paymentId?: string | undefined;
  readonly purposeId?: string | undefined;
}

interface Page<T> {
  readonly items: T[];
  readonly pagination: Pagination;
}

/** Assessments, newest first. */
export async function listAssessments(db: Reader, filter: AssessmentFilter): Promise<Page<AssessmentView>> {
  const where = {
    level: filter.level,
    verdict: filter.verdict,
    customer_id: filter.customerId,
    payment_id: filter.paymentId,
    // An attempt's purpose is an order; the index begins with the type.
    purpose_type: filter.purposeId === undefined ? undefined : 'order',
    purpose_id: filter.purposeId,
  };
  const source = { table: 'risk_assessments', time: 'created_at', where } as const;
  const { rows, pagination } = await readPage(db, source, filter);
  return { items: rows.map(toAssessmentView), pagination };
}

/** Assessments whose attempt waits for a person, the one that has waited longest first. */
const waiting = (db: Reader) =>
  db.query
    .selectFrom('payments')
    .innerJoin('risk_assessments', 'risk_assessments.payment_id', 'payments.id')
    .where('payments.status', '=', 'requires_review');

export type WaitingReview = AssessmentView & { readonly heldUntil: string | null };

export async function listReviews(db: Reader, paging: Paging): Promise<Page<WaitingReview>> {
  const counted = await db.query
    .selectFrom(waiting(db).select('payments.id').limit(COUNT_LIMIT).as('counted'))
    .select((eb) => eb.fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  const rows = await waiting(db)
    .selectAll('risk_assessments')
    .select('payments.held_until')
    .orderBy('payments.created_at')
    .orderBy('payments.id')
    .limit(paging.limit)
    .offset((paging.page - 1) * paging.limit)
    .execute();
  return {
    items: rows.map((row) => ({ ...toAssessmentView(row), heldUntil: toIso(row.held_until) })),
    pagination: paginate(paging, Number(counted.total)),
  };
}

export async function findAssessment(db: Reader, id: string): Promise<RiskAssessmentRow | undefined> {
  return db.query.selectFrom('risk_assessments').selectAll().where('id', '=', id).executeTakeFirst();
}

/** One assessment with the latest other attempts of its customer. Throws `not_found`. */
export async function readAssessment(
  db: Reader,
  id: string,
): Promise<AssessmentView & { readonly history: EarlierAttempt[] }> {
  const row = await findAssessment(db, id);
  if (row === undefined) {
    throw new AppError(notFound);
  }
  const attempts = await db.query
    .selectFrom('payments')
    .select(['id', 'status', 'method', 'amount', 'currency', 'created_at'])
    .where('customer_id', '=', row.customer_id)
    .where('id', '<>', row.payment_id)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(HISTORY_LENGTH)
    .execute();
  const history = attempts.map(({ created_at, ...attempt }) => ({
    ...attempt,
    createdAt: toIso(created_at),
  }));
  return { ...toAssessmentView(row), history };
}
