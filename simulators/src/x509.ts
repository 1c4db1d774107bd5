import { createPublicKey, type KeyObject, sign } from 'node:crypto';

// Node reads certificates but cannot make them. This writes the kinds that providers hand out in simulation: X.509 v3
// certificates with an RSA key, self-signed or issued by an authority, in the few DER types that they need (RFC 5280).

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
  /** Who signs it; without one the certificate signs itself. */
  issuer?: Pick<CertificateInput, 'privateKey' | 'commonName' | 'organisation'>;
  /** It may issue others. */
  isAuthority?: boolean;
}

/** A certificate as PEM. */
export function createCertificatePem(input: CertificateInput): string {
  const algorithm = sequence(oid(SHA256_WITH_RSA), tlv(TAG.null, Buffer.alloc(0)));
  const issuer = input.issuer ?? input;
  const publicKey = createPublicKey(input.privateKey).export({ type: 'spki', format: 'der' });
  const body = sequence(
    tlv(TAG_VERSION, integer(Buffer.from([2]))),
    integer(Buffer.from(input.serialNo, 'hex')),
    algorithm,
    nameOf(issuer),
    sequence(time(input.notBefore), time(input.notAfter)),
    nameOf(input),
    publicKey,
    tlv(
      TAG_EXTENSIONS,
      input.isAuthority ? sequence(anAuthority(), issuesOnly()) : sequence(notAnAuthority(), signsOnly()),
    ),
  );
  const certificate = sequence(body, algorithm, bitString(sign('sha256', body, issuer.privateKey)));
  const lines = certificate.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

function nameOf({ organisation, commonName }: Pick<CertificateInput, 'organisation' | 'commonName'>): Buffer {
  return sequence(
    attribute(COUNTRY, 'CN'),
    attribute(ORGANISATION, organisation),
    attribute(COMMON_NAME, commonName),
  );
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

function anAuthority(): Buffer {
  const isAuthority = sequence(tlv(TAG.boolean, Buffer.from([0xff])));
  return critical(BASIC_CONSTRAINTS, isAuthority);
}

/** digitalSignature and keyEncipherment. */
function signsOnly(): Buffer {
  return critical(KEY_USAGE, tlv(TAG.bitString, Buffer.from([5, 0b1010_0000])));
}

/** keyCertSign and cRLSign. */
function issuesOnly(): Buffer {
  return critical(KEY_USAGE, tlv(TAG.bitString, Buffer.from([1, 0b0000_0110])));
}

function critical(extension: string, content: Buffer): Buffer {
  return sequence(oid(extension), tlv(TAG.boolean, Buffer.from([0xff])), tlv(TAG.octetString, content));
}
