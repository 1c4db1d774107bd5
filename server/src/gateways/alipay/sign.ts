/**
 * Signatures that we make: RSASSA-PKCS1-v1_5 with SHA-256 (`RSA2`) over all parameters but `sign`, sorted by name, as they
 * are before they are encoded for the address or the form. Empty ones are not sent. Made in the thread pool.
 */
import { type KeyObject, sign, X509Certificate } from 'node:crypto';
import type { Clock } from '../../kernel/clock.ts';
import { toBeijingTime } from '../beijing-time.ts';
import { rootSerialNumberOf, serialNumberOf, splitPem } from './certificates.ts';
import { type CheckedSettings, readPrivateKey } from './config.ts';

export type Parameters = Readonly<Record<string, string>>;

/** `name=value` in the order of the names' bytes, joined by `&`. */
export function signedText(parameters: Parameters): string {
  return Object.entries(parameters)
    .filter(([name, value]) => name !== 'sign' && value !== '')
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

/** For an address or a form; a space is `%20` in both. */
export function encodeParameters(parameters: Parameters): string {
  return Object.entries(parameters)
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .join('&');
}

export interface RequestToSign {
  /** Such as `alipay.trade.query`. */
  readonly method: string;
  readonly content: Readonly<Record<string, unknown>>;
  readonly notifyUrl?: string;
  readonly returnUrl?: string;
}

/** Answers all parameters of a request, `sign` among them. */
export type Signer = (request: RequestToSign) => Promise<Parameters>;

function certificateParameters({ verification }: CheckedSettings): Parameters {
  if (verification.mode === 'key') {
    return {};
  }
  const [app = ''] = splitPem(verification.appCertificatePem);
  return {
    app_cert_sn: serialNumberOf(new X509Certificate(app)),
    alipay_root_cert_sn: rootSerialNumberOf(verification.rootCertificatesPem),
  };
}

function signText(text: string, key: KeyObject): Promise<string> {
  return new Promise((resolve, reject) => {
    sign('sha256', Buffer.from(text), key, (error, signature) =>
      error ? reject(error) : resolve(signature.toString('base64')),
    );
  });
}

export function createSigner(settings: CheckedSettings, clock: Clock): Signer {
  const key = readPrivateKey(settings.privateKey);
  if (key === undefined) {
    throw new Error('the settings of Alipay were not checked before they were used');
  }
  const fixed = {
    app_id: settings.appId,
    ...certificateParameters(settings),
    format: 'JSON',
    charset: 'utf-8',
    sign_type: 'RSA2',
    version: '1.0',
  };
  return async ({ method, content, notifyUrl, returnUrl }) => {
    const parameters = {
      ...fixed,
      method,
      timestamp: toBeijingTime(clock.now()),
      ...(notifyUrl === undefined ? {} : { notify_url: notifyUrl }),
      ...(returnUrl === undefined ? {} : { return_url: returnUrl }),
      biz_content: JSON.stringify(content),
    };
    return { ...parameters, sign: await signText(signedText(parameters), key) };
  };
}
