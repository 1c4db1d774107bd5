import { createPrivateKey, generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { randomHex, randomText } from '../random.ts';
import { openSecretFile, type SecretFile } from '../secret-file.ts';
import { createCertificatePem } from '../x509.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const LIFE_MS = 10 * 365 * DAY_MS;
const MAX_CERTIFICATES = 3;
/** The characters that PayPal's account numbers are made of. */
const ACCOUNT_CHARACTERS = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ';
const SIGNER = 'messageverificationcerts.paypal.com';
const AUTHORITY = 'Simulated PayPal authority';

interface SigningCertificate {
  name: string;
  pem: string;
  privateKeyPem: string;
}

/** What a merchant would be given, and what only PayPal has. */
export interface Material {
  clientId: string;
  clientSecret: string;
  merchantId: string;
  merchantEmail: string;
  webhookId: string;
  authorityPem: string;
  authorityPrivateKeyPem: string;
  /** Newest first; the first one signs. */
  certificates: SigningCertificate[];
}

export interface MaterialHolder {
  current(): Readonly<Material>;
  /** Another certificate of the same authority signs from now on; the old ones stay where they are. */
  addCertificate(now: number): Promise<SigningCertificate>;
}

const generate = promisify(generateKeyPair);

export const newAccountId = (): string => randomText(13, ACCOUNT_CHARACTERS);

/** Reads `paypal-merchant.json`, or makes everything on first start. */
export async function loadMaterial(dataDir: string | undefined, now: number): Promise<MaterialHolder> {
  const file: SecretFile<Material> = openSecretFile(dataDir, 'paypal-merchant.json');
  let held = file.read();
  if (held === undefined) {
    held = await createMaterial(now);
    file.write(held);
  }
  let material: Material = held;
  return {
    current: () => material,
    async addCertificate(at) {
      const certificate = await createSigningCertificate(material.authorityPrivateKeyPem, at);
      const kept = material.certificates.slice(0, MAX_CERTIFICATES - 1);
      material = { ...material, certificates: [certificate, ...kept] };
      file.write(material);
      return certificate;
    },
  };
}

async function createMaterial(now: number): Promise<Material> {
  const authority = await newPrivateKey();
  const authorityPem = createCertificatePem({
    privateKey: authority,
    serialNo: `5${randomHex(39)}`,
    commonName: AUTHORITY,
    organisation: 'Simulated PayPal',
    isAuthority: true,
    ...validity(now),
  });
  const authorityPrivateKeyPem = toPem(authority);
  return {
    clientId: `A${randomText(79)}`,
    clientSecret: `E${randomText(79)}`,
    merchantId: newAccountId(),
    merchantEmail: 'merchant@example.test',
    webhookId: randomText(17, '0123456789ABCDEFGHJKLMNPQRSTUVWXYZ'),
    authorityPem,
    authorityPrivateKeyPem,
    certificates: [await createSigningCertificate(authorityPrivateKeyPem, now)],
  };
}

async function createSigningCertificate(
  authorityPrivateKeyPem: string,
  now: number,
): Promise<SigningCertificate> {
  const privateKey = await newPrivateKey();
  const pem = createCertificatePem({
    privateKey,
    serialNo: `5${randomHex(39)}`,
    commonName: SIGNER,
    organisation: 'Simulated PayPal',
    issuer: {
      privateKey: createPrivateKey(authorityPrivateKeyPem),
      commonName: AUTHORITY,
      organisation: 'Simulated PayPal',
    },
    ...validity(now),
  });
  return { name: `CERT-${randomHex(8)}-${randomHex(8)}`, pem, privateKeyPem: toPem(privateKey) };
}

const validity = (now: number) => ({ notBefore: new Date(now - DAY_MS), notAfter: new Date(now + LIFE_MS) });

async function newPrivateKey(): Promise<KeyObject> {
  const { privateKey } = await generate('rsa', { modulusLength: 2048 });
  return privateKey;
}

function toPem(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}
