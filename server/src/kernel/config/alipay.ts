import type { Settings } from './keys.ts';
import { readPem } from './pem.ts';

/** The merchant at Alipay; keys and certificates as texts. */
export interface AlipayConfig {
  readonly appId: string;
  readonly sellerId: string;
  readonly privateKey: string;
  readonly verification:
    | { readonly mode: 'key'; readonly alipayPublicKey: string }
    | {
        readonly mode: 'certificate';
        readonly appCertificatePem: string;
        readonly alipayCertificatesPem: string;
        readonly rootCertificatesPem: string;
      };
  readonly gatewayUrl: string;
  readonly feeBasisPoints: number;
}

function readVerification(settings: Settings, problems: string[]): AlipayConfig['verification'] | null {
  const read = (
    name: 'ALI_PAY_PUBLIC_KEY' | 'ALI_PAY_APP_CERT' | 'ALI_PAY_PUBLIC_CERT' | 'ALI_PAY_ROOT_CERT',
  ) => readPem(settings[name], settings[`${name}_FILE`], name, problems);
  const alipayPublicKey = read('ALI_PAY_PUBLIC_KEY');
  const certificates = [read('ALI_PAY_APP_CERT'), read('ALI_PAY_PUBLIC_CERT'), read('ALI_PAY_ROOT_CERT')];
  const [appCertificatePem, alipayCertificatesPem, rootCertificatesPem] = certificates;
  const isCertificateMode = certificates.some((text) => text !== undefined);
  if (alipayPublicKey !== undefined && isCertificateMode) {
    problems.push(
      'ALI_PAY_PUBLIC_KEY: give either it or the three certificates, as the app is set up at Alipay',
    );
    return null;
  }
  if (alipayPublicKey !== undefined) {
    return { mode: 'key', alipayPublicKey };
  }
  if (
    appCertificatePem === undefined ||
    alipayCertificatesPem === undefined ||
    rootCertificatesPem === undefined
  ) {
    problems.push(
      'ALI_PAY_APP_ID also needs ALI_PAY_PUBLIC_KEY, or ALI_PAY_APP_CERT, ALI_PAY_PUBLIC_CERT and ALI_PAY_ROOT_CERT (or …_FILE)',
    );
    return null;
  }
  return { mode: 'certificate', appCertificatePem, alipayCertificatesPem, rootCertificatesPem };
}

/** What `ALI_PAY_*` says; `null` without `ALI_PAY_APP_ID`. Adds what is wrong to `problems`. */
export function readAlipay(settings: Settings, problems: string[]): AlipayConfig | null {
  const appId = settings.ALI_PAY_APP_ID;
  if (appId === undefined) {
    return null;
  }
  const sellerId = settings.ALI_PAY_SELLER_ID;
  const privateKey = readPem(
    settings.ALI_PAY_PRIVATE_KEY,
    settings.ALI_PAY_PRIVATE_KEY_FILE,
    'ALI_PAY_PRIVATE_KEY',
    problems,
  );
  const verification = readVerification(settings, problems);
  if (sellerId === undefined || privateKey === undefined) {
    problems.push(
      'ALI_PAY_APP_ID also needs ALI_PAY_SELLER_ID and ALI_PAY_PRIVATE_KEY or ALI_PAY_PRIVATE_KEY_FILE',
    );
    return null;
  }
  if (verification === null) {
    return null;
  }
  return {
    appId,
    sellerId,
    privateKey,
    verification,
    gatewayUrl: settings.ALI_PAY_GATEWAY_URL,
    feeBasisPoints: settings.ALI_PAY_FEE_BASIS_POINTS,
  };
}
