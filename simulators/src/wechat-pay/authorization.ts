import type { WireRequest } from '../wire.ts';
import { WeChatPayError } from './errors.ts';
import type { KeyRing } from './key-ring.ts';
import { isSha256RsaSignature, requestMessage } from './signing.ts';

const SCHEME = 'WECHATPAY2-SHA256-RSA2048 ';
const LARGEST_SKEW_SECONDS = 300;

/** Two families of paths answer differently where a request is refused before it is understood. */
export function isTransactionsPath(target: string): boolean {
  return target.startsWith('/v3/pay/transactions');
}

/**
 * Checks a request in WeChat's own order: headers, form of Authorization, time, certificate, signature.
 * Answers the mchid that signed.
 */
export function authorize(request: WireRequest, ring: KeyRing, nowMs: number): string {
  const isTransactions = isTransactionsPath(request.target);
  if (!isTransactions && (!request.headers.accept || !request.headers['user-agent'])) {
    throw new WeChatPayError(400, 'INVALID_REQUEST', 'Http头缺少Accept或User-Agent');
  }
  const fields = parseAuthorization(request.headers.authorization);
  if (fields === undefined) {
    throw signError(
      isTransactions
        ? '签名信息错误，验签失败'
        : 'Http头Authorization值格式错误，请参考《微信支付商户REST API签名规则》',
    );
  }
  if (Math.abs(nowMs / 1000 - Number(fields.timestamp)) > LARGEST_SKEW_SECONDS) {
    throw signError('Http头Authorization中的timestamp与发起请求的时间不得超过5分钟');
  }
  const material = ring.material();
  if (fields.mchid !== material.mchid || fields.serial_no.toUpperCase() !== material.merchantSerialNo) {
    throw signError('商户证书序列号有误。请使用签名私钥匹配的证书序列号');
  }
  const message = requestMessage(
    request.method,
    request.target,
    fields.timestamp,
    fields.nonce_str,
    request.body,
  );
  if (!isSha256RsaSignature(message, fields.signature, ring.merchantPublicKey())) {
    throw signError('签名错误', {
      method: request.method,
      url: request.target,
      truncated_sign_message: message.slice(0, 120),
      sign_message_length: Buffer.byteLength(message),
    });
  }
  return fields.mchid;
}

interface AuthorizationFields {
  mchid: string;
  nonce_str: string;
  signature: string;
  timestamp: string;
  serial_no: string;
}

function parseAuthorization(header: string | undefined): AuthorizationFields | undefined {
  if (header === undefined || !header.startsWith(SCHEME)) {
    return undefined;
  }
  const found = new Map<string, string>();
  for (const part of header.slice(SCHEME.length).split(',')) {
    const match = /^(\w+)="([^"]+)"$/.exec(part);
    if (match?.[1] === undefined || match[2] === undefined || found.has(match[1])) {
      return undefined;
    }
    found.set(match[1], match[2]);
  }
  const [mchid, nonce, signature] = [found.get('mchid'), found.get('nonce_str'), found.get('signature')];
  const [timestamp, serial] = [found.get('timestamp'), found.get('serial_no')];
  if (!mchid || !nonce || !signature || !timestamp || !serial || !/^\d+$/.test(timestamp)) {
    return undefined;
  }
  return { mchid, nonce_str: nonce, signature, timestamp, serial_no: serial };
}

function signError(message: string, signInformation?: Record<string, unknown>): WeChatPayError {
  if (signInformation === undefined) {
    return new WeChatPayError(401, 'SIGN_ERROR', message);
  }
  return new WeChatPayError(401, 'SIGN_ERROR', message, {
    field: 'signature',
    issue: 'sign not match',
    location: 'authorization',
    sign_information: signInformation,
  });
}
