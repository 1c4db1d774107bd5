/**
 * Serial numbers of certificates as Alipay counts them: not the certificate's own, but a digest of its issuer and of that.
 * They say which certificates a message was made with; nothing is encrypted or proved by them.
 */
import { createHash, X509Certificate } from 'node:crypto';

const RSA_SIGNATURES = '1.2.840.113549.1.1.';

/** The certificates of a PEM file that may hold several, each as a PEM of its own. */
export function splitPem(text: string): string[] {
  return text.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? [];
}

/** MD5 of the issuer, most specific part first, and the serial number in decimal digits. */
export function serialNumberOf(certificate: X509Certificate): string {
  const issuer = certificate.issuer.split('\n').reverse().join(',');
  return createHash('md5')
    .update(`${issuer}${BigInt(`0x${certificate.serialNumber}`)}`)
    .digest('hex');
}

/** Those of the roots that are signed with RSA, joined; the bundle also holds roots for other algorithms. */
export function rootSerialNumberOf(bundle: string): string {
  return splitPem(bundle)
    .map((pem) => new X509Certificate(pem))
    .filter(({ signatureAlgorithmOid }) => signatureAlgorithmOid?.startsWith(RSA_SIGNATURES))
    .map(serialNumberOf)
    .join('_');
}
