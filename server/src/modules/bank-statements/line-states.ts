import { defineMachine, defineStates } from '../../kernel/states.ts';

export const lineStateNames = [
  'unmatched',
  'matched',
  'confirmed',
  'reversing',
  'reversed',
  'dismissed',
  'recorded',
  'payout_returned',
] as const;

export type LineState = (typeof lineStateNames)[number];

/** `matched` waits for the second person; `recorded` is money that went out and asks nothing of anybody; `payout_returned` our own that came back. */
const lineStates = defineStates<LineState>({
  name: 'bank_statement_line.state',
  initial: ['unmatched', 'matched', 'recorded'],
  ends: ['confirmed', 'reversed', 'dismissed', 'recorded', 'payout_returned'],
  arrows: {
    unmatched: ['matched', 'dismissed'],
    matched: ['confirmed', 'unmatched', 'recorded', 'payout_returned'],
    recorded: ['matched'],
    dismissed: ['unmatched'],
    confirmed: ['reversing', 'reversed'],
    reversing: ['confirmed', 'reversed'],
    reversed: [],
    payout_returned: [],
  },
});

export const lineMachine = defineMachine({
  entity: 'bank_statement_line',
  table: 'bank_statement_lines',
  fields: { state: lineStates },
});
