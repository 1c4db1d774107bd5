import { describe, expect, it } from 'vitest';
import { isSafeAddress } from './safe-html.ts';

describe('addresses in product descriptions', () => {
  it.each([
    'https://example.com/a',
    'http://example.com',
    '/shop/',
    'images/a.png',
    '#size',
    '//cdn.example.com/a',
  ])('lets %s through', (address) => {
    expect(isSafeAddress(address, ['http', 'https'])).toBe(true);
  });

  it.each([
    'javascript:alert(1)',
    ' java\nscript:alert(1)',
    '\u0001javascript:x',
    'data:text/html,x',
    'VBScript:x',
  ])('keeps %j out', (address) => {
    expect(isSafeAddress(address, ['http', 'https'])).toBe(false);
  });
});
