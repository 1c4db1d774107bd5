import { expect, test } from 'vitest';
import { newCode, normaliseCode } from './code.ts';

test('a code is eight characters that nobody mistakes for others', () => {
  for (let count = 0; count < 200; count += 1) {
    expect(newCode()).toMatch(/^[0-9A-HJKMNP-TV-Z]{8}$/);
  }
});

test('a code is understood however it is written down', () => {
  const code = newCode();
  expect(normaliseCode(code)).toBe(code);
  expect(normaliseCode(` ${code.slice(0, 4).toLowerCase()}-${code.slice(4)} `)).toBe(code);
  expect(normaliseCode('7o1l-i0AB')).toBe('701110AB');
});
