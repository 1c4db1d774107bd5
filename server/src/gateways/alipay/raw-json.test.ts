import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readRawMembers } from './raw-json.ts';

/** Space as it may stand between any two tokens. */
const space = fc.constantFrom('', ' ', '\n\t', '  \r\n');

/** JSON written in one of the ways that a sender may choose: any escapes, any space, any order. */
const written: fc.Arbitrary<string> = fc
  .tuple(fc.jsonValue(), fc.boolean(), fc.boolean(), fc.constantFrom(undefined, 1, '\t'))
  .map(([value, escapesSlashes, escapesAll, indent]) => {
    const text = JSON.stringify(value, undefined, indent);
    const slashed = escapesSlashes ? text.replaceAll('/', '\\/') : text;
    return escapesAll
      ? slashed.replace(/[^ -~]/g, (character) =>
          /[\n\t]/.test(character)
            ? character
            : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
        )
      : slashed;
  });

describe('the members of an object', () => {
  test('are found byte for byte, wherever they stand and whatever stands in them', () => {
    const members = fc.uniqueArray(fc.tuple(fc.string(), written, space, space), {
      selector: ([name]) => name,
    });
    fc.assert(
      fc.property(members, space, (given, around) => {
        const parts = given.map(
          ([name, raw, before, after]) => `${before}${JSON.stringify(name)}${after}:${before}${raw}${after}`,
        );
        const found = readRawMembers(`${around}{${parts.join(',')}${around}}${around}`);
        expect([...(found ?? [])]).toEqual(given.map(([name, raw]) => [name, raw]));
      }),
    );
  });

  test('are those of the outermost object only, also behind quotes, braces and a short sign that comes first', () => {
    const raw = '{"code":"10000","sign":"x","memo":"\\"}, \\"sign\\":\\"y\\\\","list":[{"a":"]}"}]}';
    const found = readRawMembers(`{"sign":"A=","alipay_trade_query_response" : ${raw} , "n":1}`);
    expect(found?.get('alipay_trade_query_response')).toBe(raw);
    expect(found?.get('sign')).toBe('"A="');
    expect(found?.get('n')).toBe('1');
  });

  test.each([
    '',
    'null',
    '[]',
    '"{}"',
    '{',
    '{"a":1',
    '{"a":1,}',
    '{"a" 1}',
    '{"a":1}{',
    '{"a":"\\"}',
    '<html>',
  ])('do not exist in %j', (text) => {
    expect(readRawMembers(text)).toBeUndefined();
  });

  test('must not be named twice: which one is signed would be chance', () => {
    expect(readRawMembers('{"a":1,"a":2}')).toBeUndefined();
    expect(readRawMembers('{"a":1,"\\u0061":2}')).toBeUndefined();
  });

  test('are none in an empty object', () => {
    expect(readRawMembers(' { } ')?.size).toBe(0);
  });
});
