import { defineMachine, defineStates } from '../../kernel/states.ts';

export type BillRunStatus = 'waiting' | 'done';

export const billRunMachine = defineMachine({
  entity: 'bill_run',
  table: 'bill_runs',
  fields: {
    status: defineStates<BillRunStatus>({
      name: 'bill_run.status',
      initial: ['waiting'],
      ends: ['done'],
      // A day may be run again at any time.
      arrows: { waiting: ['done'], done: ['waiting'] },
    }),
  },
});
