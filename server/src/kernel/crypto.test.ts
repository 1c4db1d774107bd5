import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createSealer, isEqualSecret, sha256Hex } from './crypto.ts';

const SECRET = 'a secret of sufficient length';

describe('a sealer', () => {
  const sealer = createSealer(SECRET, 'tokens');

  test('opens whatever it sealed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (plain, context) => {
        expect(sealer.open(sealer.seal(plain, context), context)).toBe(plain);
      }),
    );
  });

  test('never seals the same text to the same bytes', () => {
    expect(sealer.seal('token', 'a')).not.toBe(sealer.seal('token', 'a'));
  });

  test('does not open a text in another context', () => {
    expect(() => sealer.open(sealer.seal('token', 'row:1'), 'row:2')).toThrow();
  });

  test('does not open a text with any bit changed', () => {
    const sealed = sealer.seal('token', 'a');
    const bytes = Buffer.from(sealed.slice(3), 'base64url');
    for (let index = 0; index < bytes.length; index += 1) {
      const changed = Buffer.from(bytes);
      changed[index] = (changed[index] as number) ^ 1;
      expect(() => sealer.open(`v1.${changed.toString('base64url')}`, 'a')).toThrow();
    }
  });

  test('does not open a text that was sealed for another purpose or with another secret', () => {
    const sealed = sealer.seal('token', 'a');
    expect(() => createSealer(SECRET, 'sessions').open(sealed, 'a')).toThrow();
    expect(() => createSealer(`${SECRET}!`, 'tokens').open(sealed, 'a')).toThrow();
  });

  test('refuses what is not a sealed text', () => {
    for (const text of ['', 'v1.', 'v2.AAAA', 'token', `v1.${Buffer.alloc(27).toString('base64url')}`]) {
      expect(() => sealer.open(text, 'a')).toThrow('not a sealed text');
    }
  });

  test('is not made from a short secret', () => {
    expect(() => createSealer('short', 'tokens')).toThrow(RangeError);
  });
});

test('secrets are equal only when every character is', () => {
  expect(isEqualSecret('abc', 'abc')).toBe(true);
  expect(isEqualSecret('abc', 'abd')).toBe(false);
  expect(isEqualSecret('abc', 'abcd')).toBe(false);
  expect(isEqualSecret('', '')).toBe(true);
});

test('the hash of a text is that of its UTF-8 bytes', () => {
  expect(sha256Hex('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  expect(sha256Hex('算盘')).toBe(sha256Hex(Buffer.from('算盘')));
});
