import { defineMachine, defineStates } from '../../../kernel/states.ts';

export type CaptureStatus = 'requested' | 'succeeded' | 'failed' | 'unknown';

export const captureMachine = defineMachine({
  entity: 'capture',
  table: 'captures',
  fields: {
    status: defineStates<CaptureStatus>({
      name: 'capture.status',
      // A rail that captures by itself begins with a capture that has succeeded.
      initial: ['requested', 'succeeded'],
      ends: ['succeeded', 'failed'],
      arrows: {
        requested: ['succeeded', 'failed', 'unknown'],
        unknown: ['succeeded', 'failed'],
        succeeded: [],
        failed: [],
      },
    }),
  },
});
