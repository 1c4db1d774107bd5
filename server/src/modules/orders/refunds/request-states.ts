import { defineMachine, defineStates } from '../../../kernel/states.ts';

export const REQUEST_STATUSES = ['requested', 'reserved', 'rejected', 'withdrawn'] as const;

export type RefundRequestStatus = (typeof REQUEST_STATUSES)[number];

export const refundRequestMachine = defineMachine({
  entity: 'refund_request',
  table: 'refund_requests',
  fields: {
    status: defineStates<RefundRequestStatus>({
      name: 'refund_request.status',
      // Staff decides at once; what becomes of the money from there is told by the refunds themselves.
      initial: ['requested', 'reserved'],
      ends: ['reserved', 'rejected', 'withdrawn'],
      arrows: {
        requested: ['reserved', 'rejected', 'withdrawn'],
        reserved: [],
        rejected: [],
        withdrawn: [],
      },
    }),
  },
});
