import { expect, test } from 'vitest';
import type { Operator } from './operator.ts';
import { createOperatorRegistry } from './registry.ts';
import { unitelCapabilities } from './unitel/capabilities.ts';

function operatorWith(change: Partial<Operator['capabilities']> = {}): Operator {
  const neverCalled = () => Promise.reject(new Error('nobody calls it'));
  return {
    capabilities: { ...unitelCapabilities, ...change },
    listTariffs: neverCalled,
    prepare: neverCalled,
    deliver: neverCalled,
  };
}

const registry = createOperatorRegistry([operatorWith()]);

test.each([
  ['88000001', '88000001'],
  [' 8800-0001 ', '88000001'],
  ['+976 8800 0001', '88000001'],
  ['0097689123456', '89123456'],
  ['97680000001', '80000001'],
])('%s is the number %s', (text, msisdn) => {
  expect(registry.byNumber(text)).toMatchObject({
    msisdn,
    operator: { capabilities: { operator: 'unitel' } },
  });
});

test.each(['99000001', '8800000', '880000011', '+86 88000001', '', '88oooooo', '٨٨٠٠٠٠٠١', '88000001\n'])(
  '"%s" is nobody’s number',
  (text) => {
    const found = registry.byNumber(text);
    // A line end at the edge is a slip of the hand, like a blank.
    expect(found?.msisdn).toBe(text === '88000001\n' ? '88000001' : undefined);
  },
);

test('two operators of one name, or of numbers that begin alike, are refused', () => {
  expect(() => createOperatorRegistry([operatorWith(), operatorWith()])).toThrow('registered twice');
  const other = operatorWith({
    operator: 'other',
    numbers: { callingCode: '993', digits: 8, prefixes: ['8'] },
  });
  expect(() => createOperatorRegistry([operatorWith(), other])).toThrow('belong to unitel and to other');
  const longer = operatorWith({
    operator: 'longer',
    numbers: { callingCode: '66', digits: 9, prefixes: ['8'] },
  });
  expect(createOperatorRegistry([operatorWith(), longer]).byName('longer')).toBe(longer);
});
