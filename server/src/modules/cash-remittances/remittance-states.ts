import { defineMachine, defineStates } from '../../kernel/states.ts';

export const remittanceStateNames = ['recorded', 'confirmed', 'cancelled'] as const;

export type RemittanceState = (typeof remittanceStateNames)[number];

const remittanceStates = defineStates<RemittanceState>({
  name: 'cash_remittance.state',
  initial: ['recorded'],
  ends: ['confirmed', 'cancelled'],
  arrows: { recorded: ['confirmed', 'cancelled'], confirmed: [], cancelled: [] },
});

export const remittanceMachine = defineMachine({
  entity: 'cash_remittance',
  table: 'cash_remittances',
  fields: { state: remittanceStates },
});
