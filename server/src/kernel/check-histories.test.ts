import { expect, test } from 'vitest';
import { findBrokenStep, type RecordedStep } from './check-histories.ts';
import { defineStates, type Machine } from './states.ts';

const machine: Machine = {
  entity: 'parcel',
  table: 'state_history',
  fields: {
    status: defineStates({
      name: 'parcel.status',
      initial: ['open'],
      ends: ['sent'],
      arrows: { open: ['packed'], packed: ['sent'], sent: [] },
    }),
  },
};

function step(version: number, from_state: string | null, to_state: string): RecordedStep {
  return { version, field: 'status', from_state, to_state };
}

const sound = [step(1, null, 'open'), step(2, 'open', 'packed')];

test('a history that leads to where the row stands is sound', () => {
  expect(findBrokenStep(machine, { id: 'p', version: 2, status: 'packed' }, sound)).toBeUndefined();
});

test('a status that was written without a step is found', () => {
  expect(findBrokenStep(machine, { id: 'p', version: 2, status: 'sent' }, sound)).toBe(
    'status is sent, its history says packed',
  );
});

test('a version without its step is found', () => {
  const row = { id: 'p', version: 3, status: 'packed' };
  expect(findBrokenStep(machine, row, sound)).toBe('version 3 has 2 steps in its history');
  expect(findBrokenStep(machine, row, [step(1, null, 'open'), step(3, 'open', 'packed')])).toBe(
    'version 2 is missing from the history',
  );
});

test('a step that is no arrow, or leaves a state that was not there, is found', () => {
  const row = { id: 'p', version: 2, status: 'sent' };
  expect(findBrokenStep(machine, row, [step(1, null, 'open'), step(2, 'open', 'sent')])).toContain(
    'no arrow',
  );
  expect(findBrokenStep(machine, row, [step(1, null, 'open'), step(2, 'packed', 'sent')])).toContain(
    'was open',
  );
  expect(findBrokenStep(machine, { ...row, version: 1 }, [step(1, null, 'sent')])).toContain('no arrow');
});
