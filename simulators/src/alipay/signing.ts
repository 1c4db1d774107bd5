import { type KeyObject, sign, verify } from 'node:crypto';
import { type Fault, textParam } from '../faults.ts';
import { randomHex } from '../random.ts';
import { type AlipayContext, materialOf } from './context.ts';

// Written apart from any client of the protocol, so that an error made on one side shows on the other.

/** All parameters but these, sorted, as `name=value`, without empty ones. */
export function joinSorted(parameters: Iterable<[string, string]>, without: readonly string[]): string {
  const kept: string[] = [];
  for (const [name, value] of [...parameters].sort((one, other) =>
    Buffer.compare(Buffer.from(one[0]), Buffer.from(other[0])),
  )) {
    if (value.length > 0 && !without.includes(name)) {
      kept.push(`${name}=${value}`);
    }
  }
  return kept.join('&');
}

export function signRsa2(content: string | Buffer, key: KeyObject): string {
  return sign('RSA-SHA256', Buffer.from(content), key).toString('base64');
}

export function isRsa2Signature(content: string, signature: string, key: KeyObject): boolean {
  return verify('RSA-SHA256', Buffer.from(content, 'utf8'), key, Buffer.from(signature, 'base64'));
}

/** With what an answer or a notification is signed; a fault plan may take a key that is not Alipay's. */
export function signerOf(
  context: AlipayContext,
  fault: Fault | undefined,
): { key: KeyObject; serialNumber: string | undefined } {
  const { alipay, app } = materialOf(context);
  const certificate = alipay[0];
  if (certificate === undefined) {
    throw new Error('there is always at least one certificate of Alipay');
  }
  const isForged = fault?.kind === 'wrong_signature' || fault?.kind === 'forge';
  const usual = context.settings.current().keyMode === 'certificate' ? certificate.serialNumber : undefined;
  return {
    key: context.holder.privateKey(isForged ? app.privateKeyPem : certificate.privateKeyPem),
    serialNumber: fault?.kind === 'unknown_serial' ? textParam(fault, 'serial', randomHex(32)) : usual,
  };
}
