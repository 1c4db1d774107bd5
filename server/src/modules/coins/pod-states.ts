import { defineMachine, defineStates } from '../../kernel/states.ts';

export const podStatuses = ['active', 'inactive'] as const;

export type PodStatus = (typeof podStatuses)[number];

export const podMachine = defineMachine({
  entity: 'coin_pod',
  table: 'coin_pods',
  fields: {
    status: defineStates<PodStatus>({
      name: 'coin_pod.status',
      initial: ['active', 'inactive'],
      ends: ['active', 'inactive'],
      arrows: { active: ['inactive'], inactive: ['active'] },
    }),
  },
});
