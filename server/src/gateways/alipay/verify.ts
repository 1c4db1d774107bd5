/** Signatures that Alipay makes, over answers and notifications alike; always over the bytes as they came. */
import { type KeyObject, verify, X509Certificate } from 'node:crypto';
import { serialNumberOf, splitPem } from './certificates.ts';
import { type CheckedSettings, readPublicKey } from './config.ts';

/** The key that a message is to be verified with, by the serial number of a certificate that it names or does not name. */
export type FindKey = (certificateSerialNumber: string | undefined) => KeyObject | undefined;

/** With Alipay's key alone there is one key for all; with certificates a message must name one of them. */
export function createFindKey({ verification }: Pick<CheckedSettings, 'verification'>): FindKey {
  if (verification.mode === 'key') {
    const key = readPublicKey(verification.alipayPublicKey);
    return () => key;
  }
  const keys = new Map(
    splitPem(verification.alipayCertificatesPem).map((pem) => {
      const certificate = new X509Certificate(pem);
      return [serialNumberOf(certificate), certificate.publicKey] as const;
    }),
  );
  return (serialNumber) => keys.get(serialNumber ?? '');
}

export function isSigned(content: Buffer, signature: string, key: KeyObject): boolean {
  return verify('sha256', content, key, Buffer.from(signature, 'base64'));
}
