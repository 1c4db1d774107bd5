import { defineMachine, defineStates } from '../../kernel/states.ts';

export type AlertState = 'open' | 'resolved';

export const alertMachine = defineMachine({
  entity: 'alert',
  table: 'alerts',
  fields: {
    state: defineStates<AlertState>({
      name: 'alert.state',
      initial: ['open'],
      ends: ['resolved'],
      arrows: { open: ['resolved'], resolved: [] },
    }),
  },
});
