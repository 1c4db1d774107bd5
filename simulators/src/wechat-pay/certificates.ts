import { toRfc3339 } from './beijing-time.ts';
import type { WeChatPayContext } from './context.ts';
import { WeChatPayError } from './errors.ts';
import { encryptResource } from './signing.ts';

/** The platform certificates that are valid now, each sealed under the APIv3 key. */
export function listCertificates(context: WeChatPayContext): Record<string, unknown> {
  if (context.settings.current().keyMode === 'public_key') {
    throw new WeChatPayError(
      404,
      'RESOURCE_NOT_EXISTS',
      '无可用的平台证书，请在商户平台-API安全申请使用微信支付公钥。',
    );
  }
  const { platformCertificates, apiV3Key } = context.ring.material();
  const data = platformCertificates.map((certificate) => ({
    serial_no: certificate.serialNo,
    effective_time: toRfc3339(certificate.effectiveAt),
    expire_time: toRfc3339(certificate.expiresAt),
    encrypt_certificate: encryptResource(certificate.pem, apiV3Key, 'certificate'),
  }));
  return { data };
}
