import { defineMachine, defineStates } from '../../../kernel/states.ts';

export type RefundStatus =
  | 'reserved'
  | 'cancelled'
  | 'sent'
  | 'unknown'
  | 'abnormal'
  | 'succeeded'
  | 'failed';

export const refundMachine = defineMachine({
  entity: 'refund',
  table: 'refunds',
  fields: {
    status: defineStates<RefundStatus>({
      name: 'refund.status',
      // `succeeded` at once only where the provider returned money that we had not asked it to (RULES 11).
      initial: ['reserved', 'succeeded'],
      ends: ['cancelled', 'succeeded', 'failed'],
      arrows: {
        reserved: ['sent', 'cancelled'],
        // Back to `reserved` when refused for now: the same number again later.
        sent: ['succeeded', 'failed', 'unknown', 'abnormal', 'reserved'],
        unknown: ['sent', 'succeeded', 'failed', 'abnormal'],
        abnormal: ['succeeded', 'failed'],
        // Reversed by the provider; undone in the ledger by a new transfer.
        succeeded: ['failed'],
        cancelled: [],
        failed: [],
      },
    }),
  },
});

/** Those whose money is promised but not yet back. */
export const UNDER_WAY_STATUSES = ['reserved', 'sent', 'unknown', 'abnormal'] as const;
