import type { WeChatPayContext } from './context.ts';
import { WeChatPayError } from './errors.ts';
import { check, group, text } from './rules.ts';
import { decryptField, encryptField } from './signing.ts';

const echoSchema = group('回显请求', {
  notify_url: text('商户回调地址', { max: 255 }).optional(),
  echo_message: text('回显信息', { max: 1024 }),
  encrypted_echo_message: text('加密回显信息', { max: 2048 }).optional(),
});

/** The one call a merchant may make to check keys: it says back what it was told, sealed for the merchant. */
export function echo(
  context: WeChatPayContext,
  body: unknown,
  serial: string | undefined,
): Record<string, string> {
  const input = check(echoSchema, body, 'body');
  if (input.encrypted_echo_message === undefined) {
    return { echo_message: input.echo_message };
  }
  const key = context.ring.bySerial(serial);
  const plain = key === undefined ? undefined : decryptField(input.encrypted_echo_message, key);
  if (plain === undefined) {
    throw new WeChatPayError(400, 'PARAM_ERROR', '敏感信息解密失败，请检查Wechatpay-Serial与加密公钥');
  }
  return {
    echo_message: input.echo_message,
    encrypted_echo_message: encryptField(plain, context.ring.merchantPublicKey()),
  };
}
