import { defineMachine, defineStates } from '../../kernel/states.ts';

/**
 * `carried`: not counted yet, because it may stand in the file of another day; `open`: for a person; `explained`: gone,
 * because another file or the provider's answer cleared it up; `resolved`: a person has decided.
 */
export type DifferenceState = 'carried' | 'open' | 'explained' | 'resolved';

export const differenceMachine = defineMachine({
  entity: 'bill_difference',
  table: 'bill_differences',
  fields: {
    state: defineStates<DifferenceState>({
      name: 'bill_difference.state',
      initial: ['carried', 'open'],
      ends: ['explained', 'resolved'],
      arrows: {
        carried: ['open', 'explained'],
        open: ['explained', 'resolved'],
        // A day that is run again may find it again.
        explained: ['open', 'carried'],
        resolved: [],
      },
    }),
  },
});
