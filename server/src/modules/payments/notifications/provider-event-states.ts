import { defineMachine, defineStates } from '../../../kernel/states.ts';

export type ProviderEventState = 'stored' | 'applied' | 'ignored' | 'quarantined';

export const providerEventMachine = defineMachine({
  entity: 'provider_event',
  table: 'provider_events',
  fields: {
    state: defineStates<ProviderEventState>({
      name: 'provider_event.state',
      // It is written down in the transaction that applies it, so nearly all begin as what became of them.
      initial: ['stored', 'applied', 'ignored', 'quarantined'],
      ends: ['applied', 'ignored'],
      arrows: {
        stored: ['applied', 'ignored', 'quarantined'],
        quarantined: ['applied', 'ignored'],
        applied: [],
        ignored: [],
      },
    }),
  },
});
