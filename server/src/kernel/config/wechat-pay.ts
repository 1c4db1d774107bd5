import type { Settings } from './keys.ts';
import { readPem } from './pem.ts';

/** The merchant at WeChat Pay; keys are PEM texts. */
export interface WechatPayConfig {
  readonly mchid: string;
  readonly merchantSerialNo: string;
  readonly privateKeyPem: string;
  readonly apiV3Key: string;
  readonly publicKey: { readonly id: string; readonly pem: string } | null;
  readonly baseUrl: string;
  readonly feeBasisPoints: number;
}

/** What `WX_PAY_*` says; `null` without `WX_PAY_MCHID`. Adds what is wrong to `problems`. */
export function readWechatPay(settings: Settings, problems: string[]): WechatPayConfig | null {
  const mchid = settings.WX_PAY_MCHID;
  if (mchid === undefined) {
    return null;
  }
  const privateKeyPem = readPem(
    settings.WX_PAY_PRIVATE_KEY,
    settings.WX_PAY_PRIVATE_KEY_FILE,
    'WX_PAY_PRIVATE_KEY',
    problems,
  );
  const publicKeyPem = readPem(
    settings.WX_PAY_PUBLIC_KEY,
    settings.WX_PAY_PUBLIC_KEY_FILE,
    'WX_PAY_PUBLIC_KEY',
    problems,
  );
  const merchantSerialNo = settings.WX_PAY_MERCHANT_SERIAL_NO;
  const apiV3Key = settings.WX_PAY_API_V3_KEY;
  const publicKeyId = settings.WX_PAY_PUBLIC_KEY_ID;
  if (privateKeyPem === undefined || merchantSerialNo === undefined || apiV3Key === undefined) {
    problems.push(
      'WX_PAY_MCHID also needs WX_PAY_MERCHANT_SERIAL_NO, WX_PAY_API_V3_KEY and WX_PAY_PRIVATE_KEY or WX_PAY_PRIVATE_KEY_FILE',
    );
    return null;
  }
  if (Buffer.byteLength(apiV3Key) !== 32) {
    problems.push('WX_PAY_API_V3_KEY: must be 32 bytes');
  }
  if ((publicKeyId === undefined) !== (publicKeyPem === undefined)) {
    problems.push('WX_PAY_PUBLIC_KEY_ID and WX_PAY_PUBLIC_KEY (or …_FILE) belong together');
  }
  const publicKey =
    publicKeyId !== undefined && publicKeyPem !== undefined ? { id: publicKeyId, pem: publicKeyPem } : null;
  return {
    mchid,
    merchantSerialNo,
    privateKeyPem,
    apiV3Key,
    publicKey,
    baseUrl: settings.WX_PAY_BASE_URL,
    feeBasisPoints: settings.WX_PAY_FEE_BASIS_POINTS,
  };
}
