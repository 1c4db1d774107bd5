import { defineMachine, defineStates } from '../../kernel/states.ts';

export const holdStatuses = ['held', 'settled', 'released', 'expired'] as const;

export type HoldStatus = (typeof holdStatuses)[number];

/** What is spent at once begins as settled. */
export const holdMachine = defineMachine({
  entity: 'wallet_hold',
  table: 'wallet_holds',
  fields: {
    status: defineStates<HoldStatus>({
      name: 'wallet_hold.status',
      initial: ['held', 'settled'],
      ends: ['settled', 'released', 'expired'],
      arrows: { held: ['settled', 'released', 'expired'], settled: [], released: [], expired: [] },
    }),
  },
});

export const receivableStatuses = ['open', 'closed'] as const;

export type ReceivableStatus = (typeof receivableStatuses)[number];

export const receivableMachine = defineMachine({
  entity: 'wallet_receivable',
  table: 'wallet_receivables',
  fields: {
    status: defineStates<ReceivableStatus>({
      name: 'wallet_receivable.status',
      initial: ['open'],
      ends: ['closed'],
      arrows: { open: ['closed'], closed: [] },
    }),
  },
});

export const adjustmentStatuses = ['requested', 'applied', 'rejected'] as const;

export type AdjustmentStatus = (typeof adjustmentStatuses)[number];

/** Within a person's own limit it begins as applied. */
export const adjustmentMachine = defineMachine({
  entity: 'wallet_adjustment',
  table: 'wallet_adjustments',
  fields: {
    status: defineStates<AdjustmentStatus>({
      name: 'wallet_adjustment.status',
      initial: ['requested', 'applied'],
      ends: ['applied', 'rejected'],
      arrows: { requested: ['applied', 'rejected'], applied: [], rejected: [] },
    }),
  },
});
