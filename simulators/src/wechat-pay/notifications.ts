import { randomBytes } from 'node:crypto';
import { type Fault, numberParam, textParam } from '../faults.ts';
import { DELIVERY_FAULTS, type Notification, type NotificationChannel } from '../notifier.ts';
import type { OutgoingMessage } from '../post-message.ts';
import { randomHex, randomText } from '../random.ts';
import { toRfc3339 } from './beijing-time.ts';
import type { WeChatPayContext } from './context.ts';
import { DISTORTIONS, distort, isDistortion } from './distort.ts';
import { answerMessage, encryptResource, encryptV2, signSha256Rsa } from './signing.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** WeChat Pay's published waits between tries: fifteen of them, 24 hours and 4 minutes together. */
export const RETRY_STEPS_MS = [
  ...[15 * SECOND, 15 * SECOND, 30 * SECOND, 3 * MINUTE, 10 * MINUTE, 20 * MINUTE],
  ...[30 * MINUTE, 30 * MINUTE, 30 * MINUTE, 60 * MINUTE, 3 * HOUR, 3 * HOUR, 3 * HOUR, 6 * HOUR, 6 * HOUR],
] as const;

const COMPOSE_FAULTS = [
  'forge',
  'signtest',
  'stale_timestamp',
  'unknown_serial',
  'old_serial',
  'v2_xml',
  'truncated',
  ...DISTORTIONS,
] as const;

export const NOTIFY_FAULTS = [...DELIVERY_FAULTS, ...COMPOSE_FAULTS] as const;

const SUMMARIES: Record<string, string> = {
  'TRANSACTION.SUCCESS': '支付成功',
  'REFUND.SUCCESS': '退款成功',
  'REFUND.ABNORMAL': '退款异常',
  'REFUND.CLOSED': '退款关闭',
};

export function createNotificationChannel(context: WeChatPayContext): NotificationChannel {
  return {
    retryStepsMs: RETRY_STEPS_MS,
    timeoutMs: 5 * SECOND,
    composeFaults: COMPOSE_FAULTS,
    isAcknowledged: (status) => status === 200 || status === 204,
    compose: (notification, fault) =>
      notification.eventType === 'REFUND.V2' || fault?.kind === 'v2_xml'
        ? composeV2(context, notification)
        : composeV3(context, notification, fault),
  };
}

function composeV3(
  context: WeChatPayContext,
  notification: Notification,
  fault: Fault | undefined,
): OutgoingMessage {
  const type = notification.eventType.startsWith('REFUND') ? 'refund' : 'transaction';
  const content =
    fault !== undefined && isDistortion(fault.kind)
      ? JSON.stringify(distort(JSON.parse(notification.content) as Record<string, unknown>, fault))
      : notification.content;
  const body = JSON.stringify({
    id: notification.id,
    create_time: toRfc3339(notification.createdAt),
    resource_type: 'encrypt-resource',
    event_type: notification.eventType,
    summary: SUMMARIES[notification.eventType] ?? notification.eventType,
    resource: { original_type: type, ...encryptResource(content, context.ring.material().apiV3Key, type) },
  });
  const headers = signHeaders(context, notification, body, fault);
  const sent = fault?.kind === 'truncated' ? body.slice(0, Math.floor(body.length / 2)) : body;
  return { headers: { 'content-type': 'application/json', ...headers }, body: sent };
}

function signHeaders(
  context: WeChatPayContext,
  notification: Notification,
  body: string,
  fault: Fault | undefined,
): Record<string, string> {
  const staleSeconds = fault?.kind === 'stale_timestamp' ? numberParam(fault, 'seconds', 600) : 0;
  const timestamp = String(Math.floor(context.clock.signatureNow() / SECOND) - staleSeconds);
  const nonce = randomText(32);
  const signer =
    fault?.kind === 'old_serial'
      ? context.ring.oldest()
      : context.ring.forCallback(`${notification.id}/${notification.tries}`);
  // A forger has some key, but not the platform's.
  const key = fault?.kind === 'forge' ? context.ring.merchantPrivateKey() : signer.key;
  const signature =
    fault?.kind === 'signtest'
      ? `WECHATPAY/SIGNTEST/${randomBytes(256).toString('base64')}`
      : signSha256Rsa(answerMessage(timestamp, nonce, body), key);
  return {
    accept: '*/*',
    'user-agent': 'Mozilla/4.0',
    'wechatpay-timestamp': timestamp,
    'wechatpay-nonce': nonce,
    'wechatpay-signature': signature,
    'wechatpay-signature-type': 'WECHATPAY2-SHA256-RSA2048',
    'wechatpay-serial':
      fault?.kind === 'unknown_serial'
        ? textParam(fault, 'serial', randomHex(40).toUpperCase())
        : signer.serial,
  };
}

interface RefundNotice {
  transaction_id?: string;
  out_trade_no?: string;
  refund_id?: string;
  out_refund_no?: string;
  refund_status?: string;
  amount?: { total?: number; refund?: number };
}

/** The old XML form: no signature headers, its content under a key that v3-only merchants do not have. */
function composeV2(context: WeChatPayContext, notification: Notification): OutgoingMessage {
  const notice = JSON.parse(notification.content) as RefundNotice;
  const material = context.ring.material();
  const inner = toXml('root', {
    transaction_id: notice.transaction_id ?? '',
    out_trade_no: notice.out_trade_no ?? '',
    refund_id: notice.refund_id ?? '',
    out_refund_no: notice.out_refund_no ?? '',
    total_fee: String(notice.amount?.total ?? ''),
    refund_fee: String(notice.amount?.refund ?? ''),
    settlement_refund_fee: String(notice.amount?.refund ?? ''),
    refund_status: notice.refund_status === 'ABNORMAL' ? 'CHANGE' : (notice.refund_status ?? 'SUCCESS'),
  });
  const body = toXml('xml', {
    return_code: 'SUCCESS',
    appid: context.openids.apps[0]?.appid ?? '',
    mch_id: material.mchid,
    nonce_str: randomText(32),
    req_info: encryptV2(inner, material.apiV2Key),
  });
  return { headers: { 'content-type': 'text/xml', 'user-agent': 'Mozilla/4.0' }, body };
}

function toXml(root: string, fields: Record<string, string>): string {
  const inner = Object.entries(fields).map(([name, value]) => `<${name}><![CDATA[${value}]]></${name}>`);
  return `<${root}>${inner.join('')}</${root}>`;
}
