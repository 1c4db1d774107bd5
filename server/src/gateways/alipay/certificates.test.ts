import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { rootSerialNumberOf, serialNumberOf, splitPem } from './certificates.ts';

const vectors = JSON.parse(
  readFileSync(new URL('./vectors/alipay-certificates.json', import.meta.url), 'utf8'),
) as Record<string, string>;

test("the serial number of Alipay's own certificate is what Alipay says", () => {
  const certificate = new X509Certificate(vectors.alipay_certificate_pem ?? '');
  expect(serialNumberOf(certificate)).toBe(vectors.alipay_serial_number);
});

test('of the roots only those that are signed with RSA count', () => {
  expect(splitPem(vectors.root_certificates_pem ?? '')).toHaveLength(4);
  expect(rootSerialNumberOf(vectors.root_certificates_pem ?? '')).toBe(vectors.root_serial_number);
});
