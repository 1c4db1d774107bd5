import { defineMachine, defineStates } from '../../kernel/states.ts';

export const lineStateNames = [
  'unmatched',
  'matched',
  'confirmed',
  'reversing',
  'reversed',
  'dismissed',
  'recorded',
] as const;

export type LineState = (typeof lineStateNames)[number];

/** `matched` waits for the second person; `recorded` is money that went out and asks nothing of anybody. */
const lineStates = defineStates<LineState>({
  name: 'bank_statement_line.state',
  initial: ['unmatched', 'matched', 'recorded'],
  ends: ['confirmed', 'reversed', 'dismissed', 'recorded'],
  arrows: {
    unmatched: ['matched', 'dismissed'],
    matched: ['confirmed', 'unmatched', 'recorded'],
    recorded: ['matched'],
    dismissed: ['unmatched'],
    confirmed: ['reversing', 'reversed'],
    reversing: ['confirmed', 'reversed'],
    reversed: [],
  },
});

export const lineMachine = defineMachine({
  entity: 'bank_statement_line',
  table: 'bank_statement_lines',
  fields: { state: lineStates },
});
