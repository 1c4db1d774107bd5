import { createHash, createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { randomDigits, randomHex } from '../random.ts';
import { openSecretFile, type SecretFile } from '../secret-file.ts';
import { createCertificatePem } from '../x509.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const CERTIFICATE_LIFE_MS = 5 * 365 * DAY_MS;
const ORGANISATION = 'Simulated Alipay';

export interface Certificate {
  /** As Alipay counts serial numbers: a digest of the issuer and of the certificate's own number. */
  serialNumber: string;
  pem: string;
  privateKeyPem: string;
}

/** Every key of both sides: what a merchant would hold, and what only Alipay would. */
export interface Material {
  appId: string;
  sellerId: string;
  app: Certificate;
  root: Certificate;
  /** Newest first; the first one signs, in both key modes. */
  alipay: Certificate[];
}

export interface MaterialHolder {
  current(): Readonly<Material>;
  /** Alipay signs with a new certificate from now on; the old ones stay known to it. */
  addCertificate(now: number): Promise<Certificate>;
  privateKey(pem: string): KeyObject;
  publicKeyOf(privatePem: string): KeyObject;
}

const generate = promisify(generateKeyPair);

/** Reads `alipay-merchant.json`, or makes the keys of both sides on first start. */
export async function loadMaterial(dataDir: string | undefined, now: number): Promise<MaterialHolder> {
  const file: SecretFile<Material> = openSecretFile(dataDir, 'alipay-merchant.json');
  let held = file.read() ?? (await createMaterial(now));
  file.write(held);
  const privateKeys = createKeyCache(createPrivateKey);
  const publicKeys = createKeyCache((pem) => createPublicKey(createPrivateKey(pem)));

  return {
    current: () => held,
    async addCertificate(at) {
      const certificate = await createCertificate('Simulated Alipay signing', at);
      held = { ...held, alipay: [certificate, ...held.alipay] };
      file.write(held);
      return certificate;
    },
    privateKey: privateKeys,
    publicKeyOf: publicKeys,
  };
}

/** Parsing a key costs more than most requests. */
function createKeyCache(parse: (pem: string) => KeyObject): (pem: string) => KeyObject {
  const keys = new Map<string, KeyObject>();
  return (pem) => {
    const key = keys.get(pem) ?? parse(pem);
    keys.set(pem, key);
    return key;
  };
}

async function createMaterial(now: number): Promise<Material> {
  const appId = `2021${randomDigits(12)}`;
  const [app, alipay] = await Promise.all([
    createCertificate(appId, now),
    createCertificate('Simulated Alipay signing', now),
  ]);
  // The root signs nothing here: its serial number is all that a merchant sends of it.
  const root = certify('Simulated Alipay root', now, createPrivateKey(alipay.privateKeyPem));
  return { appId, sellerId: `2088${randomDigits(12)}`, app, root, alipay: [alipay] };
}

async function createCertificate(commonName: string, now: number): Promise<Certificate> {
  const { privateKey } = await generate('rsa', { modulusLength: 2048 });
  return certify(commonName, now, privateKey);
}

function certify(commonName: string, now: number, privateKey: KeyObject): Certificate {
  const serialNo = `5${randomHex(31)}`;
  const pem = createCertificatePem({
    privateKey,
    serialNo,
    commonName,
    organisation: ORGANISATION,
    notBefore: new Date(now - DAY_MS),
    notAfter: new Date(now + CERTIFICATE_LIFE_MS),
  });
  const issuer = `CN=${commonName},O=${ORGANISATION},C=CN`;
  return {
    serialNumber: createHash('md5')
      .update(issuer)
      .update(BigInt(`0x${serialNo}`).toString(10))
      .digest('hex'),
    pem,
    privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}
