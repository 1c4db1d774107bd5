import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { randomDigits, randomHex, randomText } from '../random.ts';
import { openSecretFile, type SecretFile } from '../secret-file.ts';
import { createCertificatePem } from '../x509.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const CERTIFICATE_LIFE_MS = 5 * 365 * DAY_MS;
/** WeChat keeps at most three platform certificates valid at once. */
const MAX_CERTIFICATES = 3;

export interface PlatformCertificate {
  serialNo: string;
  pem: string;
  privateKeyPem: string;
  effectiveAt: number;
  expiresAt: number;
}

/** Every key of both sides: what a merchant would hold, and what only WeChat would. */
export interface Material {
  mchid: string;
  merchantSerialNo: string;
  merchantPrivateKeyPem: string;
  merchantCertificatePem: string;
  apiV3Key: string;
  /** Key of the old protocol, only used in v2 XML refund notifications. */
  apiV2Key: string;
  publicKeyId: string;
  publicKeyPrivatePem: string;
  /** Newest first; the first one signs. */
  platformCertificates: PlatformCertificate[];
}

export interface MaterialHolder {
  current(): Readonly<Material>;
  /** Puts a new platform certificate in front of the others (key change-over). */
  addCertificate(now: number): Promise<PlatformCertificate>;
}

const generate = promisify(generateKeyPair);

/** Reads `wechat-pay-merchant.json`, or makes the merchant's and the platform's keys on first start. */
export async function loadMaterial(dataDir: string | undefined, now: number): Promise<MaterialHolder> {
  const file: SecretFile<Material> = openSecretFile(dataDir, 'wechat-pay-merchant.json');
  let material = file.read();
  if (material === undefined) {
    material = await createMaterial(now);
    file.write(material);
  }
  let held: Material = material;

  return {
    current: () => held,
    async addCertificate(at) {
      const certificate = await createPlatformCertificate(at);
      const kept = held.platformCertificates.slice(0, MAX_CERTIFICATES - 1);
      held = { ...held, platformCertificates: [certificate, ...kept] };
      file.write(held);
      return certificate;
    },
  };
}

async function createMaterial(now: number): Promise<Material> {
  const [merchant, publicMode, certificate] = await Promise.all([
    newPrivateKey(),
    newPrivateKey(),
    createPlatformCertificate(now),
  ]);
  const mchid = `19${randomDigits(8)}`;
  const merchantSerialNo = newSerial();
  return {
    mchid,
    merchantSerialNo,
    merchantPrivateKeyPem: toPem(merchant),
    merchantCertificatePem: createCertificatePem({
      privateKey: merchant,
      serialNo: merchantSerialNo,
      commonName: mchid,
      organisation: 'Simulated merchant',
      notBefore: new Date(now - DAY_MS),
      notAfter: new Date(now + CERTIFICATE_LIFE_MS),
    }),
    apiV3Key: randomText(32),
    apiV2Key: randomText(32),
    publicKeyId: `PUB_KEY_ID_01${mchid}${randomDigits(16)}`,
    publicKeyPrivatePem: toPem(publicMode),
    platformCertificates: [certificate],
  };
}

async function createPlatformCertificate(now: number): Promise<PlatformCertificate> {
  const privateKey = await newPrivateKey();
  const serialNo = newSerial();
  const effectiveAt = now - DAY_MS;
  const expiresAt = now + CERTIFICATE_LIFE_MS;
  const pem = createCertificatePem({
    privateKey,
    serialNo,
    commonName: 'Simulated WeChat Pay platform',
    organisation: 'Simulated WeChat Pay',
    notBefore: new Date(effectiveAt),
    notAfter: new Date(expiresAt),
  });
  return { serialNo, pem, privateKeyPem: toPem(privateKey), effectiveAt, expiresAt };
}

async function newPrivateKey(): Promise<KeyObject> {
  const { privateKey } = await generate('rsa', { modulusLength: 2048 });
  return privateKey;
}

function toPem(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/** 40 hexadecimal characters, positive as a number. */
function newSerial(): string {
  return `5${randomHex(39)}`.toUpperCase();
}

export function publicPemOf(privateKeyPem: string): string {
  return createPublicKey(createPrivateKey(privateKeyPem)).export({ type: 'spki', format: 'pem' }).toString();
}
