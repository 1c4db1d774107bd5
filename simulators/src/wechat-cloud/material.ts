import { createHash } from 'node:crypto';
import { randomDigits, randomHex, randomText } from '../random.ts';
import { openSecretFile } from '../secret-file.ts';

/** Who is who: the merchant, its environment, and the platform as the service provider between it and WeChat Pay. */
export interface Material {
  /** The merchant's. */
  subMchid: string;
  envId: string;
  service: string;
  /** The platform's own. */
  mchid: string;
  appid: string;
  /** Signs what phones are given; nobody but the platform has it. */
  key: string;
}

/** Reads `wechat-cloud-merchant.json`, or makes it on first start. */
export function loadMaterial(dataDir: string | undefined): Material {
  const file = openSecretFile<Material>(dataDir, 'wechat-cloud-merchant.json');
  const material = file.read() ?? {
    subMchid: `17${randomDigits(8)}`,
    envId: `prod-${randomHex(10)}`,
    service: 'suanpan',
    mchid: `18${randomDigits(8)}`,
    appid: `wx${randomHex(16)}`,
    key: randomText(32),
  };
  file.write(material);
  return material;
}

/** WeChat Pay's old signature: values in the order of their names, and the key. */
export function signMd5(values: Readonly<Record<string, string>>, key: string): string {
  const sorted = Object.keys(values).sort();
  const text = sorted.map((name) => `${name}=${values[name]}`).join('&');
  return createHash('md5').update(`${text}&key=${key}`).digest('hex').toUpperCase();
}
