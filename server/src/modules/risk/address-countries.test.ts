import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readAddressCountries, toSortable } from './address-countries.ts';

const FILE = `1.0.0.0,1.0.0.255,AU
"1.0.1.0","1.0.3.255","CN","China"

10.0.0.0,10.255.255.255,ZZ
2001:200::,2001:200:ffff:ffff:ffff:ffff:ffff:ffff,JP
2400:3200::,2400:3200:ffff::,CN
`;

test('an address is found in its range, at both ends', () => {
  const countryOf = readAddressCountries(FILE);
  expect(countryOf('1.0.0.0')).toBe('AU');
  expect(countryOf('1.0.0.255')).toBe('AU');
  expect(countryOf('1.0.2.7')).toBe('CN');
  expect(countryOf('2001:200:1::1')).toBe('JP');
  expect(countryOf('2400:3200::')).toBe('CN');
});

test('what stands between the ranges, or in none, has no country', () => {
  const countryOf = readAddressCountries(FILE);
  for (const address of ['0.255.255.255', '1.0.4.0', '10.1.2.3', '::1', '2001:201::', 'nonsense', '']) {
    expect(countryOf(address), address).toBeNull();
  }
});

test('an IPv4 address in an IPv6 one is the same address', () => {
  expect(readAddressCountries(FILE)('::ffff:1.0.0.9')).toBe('AU');
});

test.each([
  ['1.0.0.9,1.0.0.1,AU', 1],
  ['1.0.0.0,1.0.0.255,AU\n1.0.0.255,1.0.1.0,CN', 2],
  ['1.0.0.0,2001::,AU', 1],
  ['1.0.0.0,1.0.0.255,Australia', 1],
  ['network,country', 1],
  ['1.0.0.0,1.0.0.256,AU', 1],
])('%j is refused with its line', (csv, line) => {
  expect(() => readAddressCountries(csv)).toThrow(`line ${line} `);
});

test('IPv4 addresses sort as their numbers do', () => {
  const number = (ip: string) => ip.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  fc.assert(
    fc.property(fc.ipV4(), fc.ipV4(), (a, b) => {
      expect((toSortable(a) as string) < (toSortable(b) as string)).toBe(number(a) < number(b));
    }),
  );
});

test('every IPv6 address has 32 digits, unless it ends in an IPv4 one', () => {
  const isPlain = (address: string) => !address.includes('.');
  fc.assert(
    fc.property(fc.ipV6().filter(isPlain), (address) => {
      expect(toSortable(address)).toMatch(/^[\da-f]{32}$/);
    }),
  );
});
