import { X509Certificate } from 'node:crypto';
import { expect, test } from 'vitest';
import { makeCertificate } from '../../../test/harness/certificate.ts';
import { findFaultInChain, isTrustedAddress } from './certificates.ts';

const LIVE = 'https://api-m.paypal.com';

test.each([
  ['https://api.paypal.com/v1/notifications/certs/CERT-1', true],
  ['https://paypal.com/cert', true],
  ['http://api.paypal.com/cert', false],
  ['https://api.paypal.com.example.test/cert', false],
  ['https://evilpaypal.com/cert', false],
  ['https://api.paypal.com:8443/cert', false],
  ['https://user@api.paypal.com/cert', false],
  ['http://127.0.0.1:4015/cert', false],
  ['file:///etc/passwd', false],
  ['nonsense', false],
])('a certificate at %s is looked at: %s', (address, isTrusted) => {
  expect(isTrustedAddress(address, LIVE)).toBe(isTrusted);
});

test('only a simulator that the whole interface is configured to be may serve its own', () => {
  expect(isTrustedAddress('http://127.0.0.1:4015/cert', 'http://127.0.0.1:4015')).toBe(true);
  expect(isTrustedAddress('http://127.0.0.1:4016/cert', 'http://127.0.0.1:4015')).toBe(false);
  expect(isTrustedAddress('https://api.paypal.com/cert', 'http://127.0.0.1:4015')).toBe(false);
});

test('a certificate of somebody else, or none, is not PayPal’s', () => {
  const now = Date.parse('2026-11-20T12:00:00Z');
  const { pem } = makeCertificate({ serialNo: '5A', validFrom: now - 1_000, validUntil: now + 1_000 });
  expect(findFaultInChain([], [], now)).toBe('no_certificate');
  expect(findFaultInChain([new X509Certificate(pem)], [], now)).toBe('foreign_certificate');
});
