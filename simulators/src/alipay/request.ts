import type { WireRequest } from '../wire.ts';
import { type AlipayContext, materialOf } from './context.ts';
import { invalidArgument, missingArgument } from './errors.ts';
import { isRsa2Signature, joinSorted } from './signing.ts';

/** Parameters come in the address, in a form, or in both. */
export function readParameters(request: WireRequest): Map<string, string> {
  const all = new Map<string, string>(request.query);
  for (const [name, value] of new URLSearchParams(request.body)) {
    all.set(name, value);
  }
  return all;
}

/** The request's content; fault plans are matched before anything is checked, so it may be anything. */
export function readContent(parameters: ReadonlyMap<string, string>): Record<string, unknown> {
  try {
    const content: unknown = JSON.parse(parameters.get('biz_content') ?? '{}');
    return typeof content === 'object' && content !== null && !Array.isArray(content)
      ? (content as Record<string, unknown>)
      : {};
  } catch {
    return {};
  }
}

const FIXED: readonly (readonly [string, RegExp, string])[] = [
  ['format', /^json$/i, 'isv.invalid-format'],
  ['charset', /^utf-8$/i, 'isv.invalid-charset'],
  ['sign_type', /^RSA2$/, 'isv.invalid-signature-type'],
  ['version', /^1\.0$/, 'isv.invalid-version'],
  ['timestamp', /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/, 'isv.invalid-timestamp'],
];

/** Checks what every request must carry, and its signature under the merchant's key. */
export function authorize(context: AlipayContext, parameters: ReadonlyMap<string, string>): void {
  const material = materialOf(context);
  if (parameters.get('app_id') !== material.appId) {
    throw parameters.has('app_id')
      ? invalidArgument('isv.invalid-app-id', '无效的AppID参数')
      : missingArgument('app_id');
  }
  for (const [name, pattern, subCode] of FIXED) {
    const value = parameters.get(name);
    // `format` alone has a default.
    if (value === undefined && name !== 'format') {
      throw missingArgument(name);
    }
    if (value !== undefined && !pattern.test(value)) {
      throw invalidArgument(subCode, `无效的${name}参数`);
    }
  }
  if (context.settings.current().keyMode === 'certificate') {
    checkSerial(parameters, 'app_cert_sn', material.app.serialNumber);
    checkSerial(parameters, 'alipay_root_cert_sn', material.root.serialNumber);
  }
  const signature = parameters.get('sign');
  if (!signature) {
    throw missingArgument('signature');
  }
  const content = joinSorted(parameters, ['sign']);
  if (!isRsa2Signature(content, signature, context.holder.publicKeyOf(material.app.privateKeyPem))) {
    throw invalidArgument(
      'isv.invalid-signature',
      `验签出错，建议检查签名字符串或签名私钥与应用公钥是否匹配`,
    );
  }
}

function checkSerial(parameters: ReadonlyMap<string, string>, name: string, expected: string): void {
  const value = parameters.get(name);
  if (value === undefined) {
    throw missingArgument(name);
  }
  if (value !== expected) {
    throw invalidArgument(`isv.invalid-${name.replaceAll('_', '-')}`, `${name}不匹配`);
  }
}
