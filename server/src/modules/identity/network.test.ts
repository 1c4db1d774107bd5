import { expect, test } from 'vitest';
import { networkOf } from './network.ts';

test('an IPv4 address is a network of its own, also when it is written as IPv6', () => {
  expect(networkOf('203.0.113.9')).toBe('203.0.113.9');
  expect(networkOf('::ffff:203.0.113.9')).toBe('203.0.113.9');
});

test('all addresses of one IPv6 network are one, however they are written', () => {
  const network = '2001:db8:0:12::/64';
  expect(networkOf('2001:db8:0:12::1')).toBe(network);
  expect(networkOf('2001:0DB8:0000:0012:aaaa:bbbb:cccc:dddd')).toBe(network);
  expect(networkOf('2001:db8:0:12:1::')).toBe(network);
  expect(networkOf('2001:db8:0:13::1')).not.toBe(network);
  expect(networkOf('::1')).toBe('0:0:0:0::/64');
  expect(networkOf('fe80::1%eth0')).toBe('fe80:0:0:0::/64');
});

test('what is no address still gives a key of bounded length', () => {
  expect(networkOf('x'.repeat(500))).toHaveLength(64);
  expect(networkOf(`${'a'.repeat(300)}:b`).length).toBeLessThanOrEqual(64);
});
