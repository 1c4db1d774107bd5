import type { DisputeStage } from '../../../gateways/gateway.ts';
import { defineMachine, defineStates } from '../../../kernel/states.ts';

export type DisputeStatus = DisputeStage;

export const disputeMachine = defineMachine({
  entity: 'dispute',
  table: 'disputes',
  fields: {
    status: defineStates<DisputeStatus>({
      name: 'dispute.status',
      // We may hear of it only when it is far on, or over.
      initial: ['needs_response', 'under_review', 'won', 'lost', 'withdrawn'],
      ends: ['won', 'lost', 'withdrawn'],
      arrows: {
        needs_response: ['under_review', 'won', 'lost', 'withdrawn'],
        under_review: ['needs_response', 'won', 'lost', 'withdrawn'],
        // Late arrows: an appeal, or a bank that has changed its mind. Only our own query takes them.
        won: ['needs_response', 'under_review', 'lost', 'withdrawn'],
        lost: ['needs_response', 'under_review', 'won', 'withdrawn'],
        withdrawn: ['needs_response', 'under_review', 'won', 'lost'],
      },
    }),
  },
});

/** The most urgent first: what an order with several disputes shows. */
export const DISPUTE_STATUSES = ['needs_response', 'under_review', 'lost', 'won', 'withdrawn'] as const;

const RANKS: Readonly<Record<DisputeStatus, number>> = {
  needs_response: 0,
  under_review: 1,
  won: 2,
  lost: 2,
  withdrawn: 2,
};

export function isEnded(status: DisputeStatus): boolean {
  return RANKS[status] === 2;
}

/** Whether a notification may take the dispute there: they come out of order, so only forward. */
export function isForward(from: DisputeStatus, to: DisputeStatus): boolean {
  return RANKS[to] > RANKS[from];
}
