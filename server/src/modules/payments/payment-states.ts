import { defineMachine, defineStates } from '../../kernel/states.ts';

export type PaymentStatus =
  | 'created'
  | 'requires_review'
  | 'pending'
  | 'authorized'
  | 'succeeded'
  | 'failed'
  | 'unknown'
  | 'closed';

export const paymentStates = defineStates<PaymentStatus>({
  name: 'payment.status',
  initial: ['created'],
  ends: ['succeeded', 'failed', 'closed'],
  arrows: {
    created: ['requires_review', 'pending', 'authorized', 'succeeded', 'failed', 'unknown', 'closed'],
    requires_review: ['created', 'closed'],
    unknown: ['pending', 'authorized', 'succeeded', 'failed', 'closed'],
    // To `unknown` only by a mismatch in our own query or in a bill (RULES 7).
    pending: ['authorized', 'succeeded', 'failed', 'closed', 'unknown'],
    authorized: ['succeeded', 'closed', 'unknown'],
    succeeded: [],
    // Money that comes late.
    closed: ['succeeded', 'authorized', 'unknown'],
    failed: ['succeeded', 'authorized', 'unknown'],
  },
});

export const paymentMachine = defineMachine({
  entity: 'payment',
  table: 'payments',
  fields: { status: paymentStates },
});

/** Those that may still take money; closing covers every one of them (RULES 4). */
export const OPEN_STATUSES = ['created', 'requires_review', 'pending', 'unknown', 'authorized'] as const;

export function isOpen(status: PaymentStatus): boolean {
  return (OPEN_STATUSES as readonly PaymentStatus[]).includes(status);
}
