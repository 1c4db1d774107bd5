import { createPublicKey, type KeyObject, sign } from 'node:crypto';

// Node reads certificates but cannot make them. This writes the one kind that providers hand out in simulation:
// a self-signed X.509 v3 certificate with an RSA key, in the few DER types that it needs (RFC 5280).

const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
} as const;
const TAG_UTF8 = 0x0c;
const TAG_UTC_TIME = 0x17;
const TAG_GENERALISED_TIME = 0x18;
const TAG_SEQUENCE = 0x30;
const TAG_SET = 0x31;
const TAG_VERSION = 0xa0;
const TAG_EXTENSIONS = 0xa3;

const SHA256_WITH_RSA = '1.2.840.113549.1.1.11';
const COMMON_NAME = '2.5.4.3';
const ORGANISATION = '2.5.4.10';
const COUNTRY = '2.5.4.6';
const BASIC_CONSTRAINTS = '2.5.29.19';
const KEY_USAGE = '2.5.29.15';

export interface CertificateInput {
  privateKey: KeyObject;
  /** Hexadecimal; the first byte has to be below 0x80 so that the number is positive. */
  serialNo: string;
  commonName: string;
  organisation: string;
  notBefore: Date;
  notAfter: Date;
}

/** A self-signed certificate as PEM. */
export function createCertificatePem(input: CertificateInput): string {
  const algorithm = sequence(oid(SHA256_WITH_RSA), tlv(TAG.null, Buffer.alloc(0)));
  const name = sequence(
    attribute(COUNTRY, 'CN'),
    attribute(ORGANISATION, input.organisation),
    attribute(COMMON_NAME, input.commonName),
  );
  const publicKey = createPublicKey(input.privateKey).export({ type: 'spki', format: 'der' });
  const body = sequence(
    tlv(TAG_VERSION, integer(Buffer.from([2]))),
    integer(Buffer.from(input.serialNo, 'hex')),
    algorithm,
    name,
    sequence(time(input.notBefore), time(input.notAfter)),
    name,
    publicKey,
    tlv(TAG_EXTENSIONS, sequence(notAnAuthority(), signsOnly())),
  );
  const certificate = sequence(body, algorithm, bitString(sign('sha256', body, input.privateKey)));
  const lines = certificate.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

function tlv(tag: number, content: Buffer): Buffer {
  return Buffer.concat([Buffer.from([tag]), encodeLength(content.length), content]);
}

function encodeLength(length: number): Buffer {
  if (length < 0x80) {
    return Buffer.from([length]);
  }
  const hex = length.toString(16);
  const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
  return Buffer.concat([Buffer.from([0x80 | bytes.length]), bytes]);
}

function sequence(...parts: Buffer[]): Buffer {
  return tlv(TAG_SEQUENCE, Buffer.concat(parts));
}

function integer(bytes: Buffer): Buffer {
  return tlv(TAG.integer, bytes);
}

function bitString(bytes: Buffer): Buffer {
  return tlv(TAG.bitString, Buffer.concat([Buffer.from([0]), bytes]));
}

function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const bytes = [first * 40 + second];
  for (const part of rest) {
    const groups = [part & 0x7f];
    for (let left = part >>> 7; left > 0; left >>>= 7) {
      groups.unshift((left & 0x7f) | 0x80);
    }
    bytes.push(...groups);
  }
  return tlv(TAG.oid, Buffer.from(bytes));
}

function attribute(type: string, value: string): Buffer {
  return tlv(TAG_SET, sequence(oid(type), tlv(TAG_UTF8, Buffer.from(value, 'utf8'))));
}

/** Two-digit years up to 2049 and four-digit ones from 2050 on, as RFC 5280 asks. */
function time(date: Date): Buffer {
  const digits = date.toISOString().replace(/[-:T]/g, '').slice(0, 14);
  if (date.getUTCFullYear() >= 2050) {
    return tlv(TAG_GENERALISED_TIME, Buffer.from(`${digits}Z`, 'ascii'));
  }
  return tlv(TAG_UTC_TIME, Buffer.from(`${digits.slice(2)}Z`, 'ascii'));
}

function notAnAuthority(): Buffer {
  return sequence(oid(BASIC_CONSTRAINTS), tlv(TAG.octetString, sequence()));
}

/** Critical key usage: digitalSignature and keyEncipherment. */
function signsOnly(): Buffer {
  const usage = tlv(TAG.bitString, Buffer.from([5, 0b1010_0000]));
  return sequence(oid(KEY_USAGE), tlv(TAG.boolean, Buffer.from([0xff])), tlv(TAG.octetString, usage));
}
