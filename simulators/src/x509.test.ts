import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { expect, test } from 'vitest';
import { createCertificatePem } from './x509.ts';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

function certificate(notAfter: string): X509Certificate {
  const pem = createCertificatePem({
    privateKey,
    serialNo: '5ABCDEF0123456789ABCDEF0123456789ABCDEF0',
    commonName: '平台 platform',
    organisation: 'Simulated',
    notBefore: new Date('2026-01-02T03:04:05Z'),
    notAfter: new Date(notAfter),
  });
  return new X509Certificate(pem);
}

test('a certificate is read by Node with the names, serial and times it was made of', () => {
  const read = certificate('2031-01-02T03:04:05Z');
  expect(read.serialNumber).toBe('5ABCDEF0123456789ABCDEF0123456789ABCDEF0');
  expect(read.subject).toContain('CN=平台 platform');
  expect(read.issuer).toBe(read.subject);
  expect(read.validFromDate.toISOString()).toBe('2026-01-02T03:04:05.000Z');
  expect(read.validToDate.toISOString()).toBe('2031-01-02T03:04:05.000Z');
  expect(read.ca).toBe(false);
});

test('a certificate verifies under its own key and under no other', () => {
  const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey;
  const read = certificate('2031-01-02T03:04:05Z');
  expect(read.verify(publicKey)).toBe(true);
  expect(read.verify(other)).toBe(false);
  expect(read.checkPrivateKey(privateKey)).toBe(true);
});

test('years from 2050 on are written with four digits', () => {
  expect(certificate('2051-06-07T08:09:10Z').validToDate.toISOString()).toBe('2051-06-07T08:09:10.000Z');
});
