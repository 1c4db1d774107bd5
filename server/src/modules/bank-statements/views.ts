import { z } from 'zod';
import { toIso } from '../../kernel/clock.ts';
import { lineReasons } from './judge-line.ts';
import { lineStateNames } from './line-states.ts';
import type { LineRow, StatementRow } from './tables.ts';

export const statementView = z.object({
  id: z.string(),
  accountId: z.string(),
  currency: z.string(),
  fileName: z.string().nullable(),
  firstOn: z.string(),
  lastOn: z.string(),
  lines: z.int(),
  importedBy: z.string(),
  createdAt: z.string(),
});

/** A line of a statement; `amount` in minor units, negative where money went out. */
export const lineView = z.object({
  id: z.string(),
  state: z.enum(lineStateNames),
  reason: z.enum(lineReasons).nullable(),
  statementId: z.string(),
  accountId: z.string(),
  bookedOn: z.string(),
  amount: z.int(),
  currency: z.string(),
  counterparty: z.string(),
  description: z.string(),
  bankReference: z.string().nullable(),
  paymentId: z.string().nullable(),
  refundId: z.string().nullable(),
  acceptsDifference: z.boolean(),
  importedBy: z.string(),
  assignedBy: z.string().nullable(),
  confirmedBy: z.string().nullable(),
  confirmedAt: z.string().nullable(),
  reversalRequestedBy: z.string().nullable(),
  reversedBy: z.string().nullable(),
  createdAt: z.string(),
});

export const accountView = z.object({
  id: z.string(),
  name: z.string(),
  bank: z.string(),
  currency: z.string(),
  number: z.string().nullable(),
  iban: z.string().nullable(),
});

export function toStatementView(row: StatementRow): z.infer<typeof statementView> {
  return {
    id: row.id,
    accountId: row.account_id,
    currency: row.currency,
    fileName: row.file_name,
    firstOn: row.first_on,
    lastOn: row.last_on,
    lines: row.line_count,
    importedBy: row.imported_by,
    createdAt: toIso(row.created_at),
  };
}

export function toLineView(row: LineRow): z.infer<typeof lineView> {
  return {
    id: row.id,
    state: row.state,
    reason: row.reason,
    statementId: row.statement_id,
    accountId: row.account_id,
    bookedOn: row.booked_on,
    amount: row.amount,
    currency: row.currency,
    counterparty: row.counterparty,
    description: row.description,
    bankReference: row.bank_reference,
    paymentId: row.payment_id,
    refundId: row.refund_id,
    acceptsDifference: row.accepts_difference === 1,
    importedBy: row.imported_by,
    assignedBy: row.assigned_by,
    confirmedBy: row.confirmed_by,
    confirmedAt: toIso(row.confirmed_at),
    reversalRequestedBy: row.reversal_requested_by,
    reversedBy: row.reversed_by,
    createdAt: toIso(row.created_at),
  };
}
