import { generateKeyPairSync, type KeyObject, sign, X509Certificate } from 'node:crypto';

export interface TestCertificate {
  readonly serialNo: string;
  readonly pem: string;
  readonly privateKey: KeyObject;
}

export interface TestCertificateOptions {
  /** Hexadecimal; its first digit below 8 and its length even, as DER reads a number. */
  readonly serialNo: string;
  readonly validFrom: number;
  readonly validUntil: number;
}

function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const header = length < 128 ? [tag, length] : [tag, 0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from(header), content]);
}

const sequence = (...parts: readonly Buffer[]) => der(0x30, ...parts);
const time = (epochMs: number) =>
  der(0x18, Buffer.from(`${new Date(epochMs).toISOString().replace(/\D/g, '').slice(0, 14)}Z`));
const SHA256_WITH_RSA = sequence(der(0x06, Buffer.from('2a864886f70d01010b', 'hex')), der(0x05));
const COMMON_NAME = der(0x06, Buffer.from('550403', 'hex'));
const NAME = sequence(der(0x31, sequence(COMMON_NAME, der(0x0c, Buffer.from('Test platform')))));

/** A self-signed X.509 certificate over a fresh RSA key. */
export function makeCertificate({
  serialNo,
  validFrom,
  validUntil,
}: TestCertificateOptions): TestCertificate {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const toSign = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.from(serialNo, 'hex')),
    SHA256_WITH_RSA,
    NAME,
    sequence(time(validFrom), time(validUntil)),
    NAME,
    publicKey.export({ type: 'spki', format: 'der' }),
  );
  const signature = der(0x03, Buffer.from([0]), sign('sha256', toSign, privateKey));
  const certificate = new X509Certificate(sequence(toSign, SHA256_WITH_RSA, signature));
  return { serialNo, pem: certificate.toString(), privateKey };
}
