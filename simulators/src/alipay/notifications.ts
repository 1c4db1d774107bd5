import { type Fault, numberParam, textParam } from '../faults.ts';
import { DELIVERY_FAULTS, type Notification, type NotificationChannel } from '../notifier.ts';
import type { OutgoingMessage } from '../post-message.ts';
import { toBillTime } from '../wechat-pay/beijing-time.ts';
import type { AlipayContext } from './context.ts';
import { encodeGbk } from './gbk.ts';
import { joinSorted, signerOf, signRsa2 } from './signing.ts';
import { yuan } from './trades.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Alipay's published waits between tries: seven of them, about 25 hours together. */
export const RETRY_STEPS_MS = [
  ...[4 * MINUTE_MS, 10 * MINUTE_MS, 10 * MINUTE_MS],
  ...[HOUR_MS, 2 * HOUR_MS, 6 * HOUR_MS, 15 * HOUR_MS],
] as const;

const COMPOSE_FAULTS = [
  'forge',
  'truncated',
  'unknown_serial',
  'sign_type_signed',
  'gbk',
  'wrong_amount',
  'wrong_seller',
  'wrong_appid',
] as const;

export const NOTIFY_FAULTS = [...DELIVERY_FAULTS, ...COMPOSE_FAULTS] as const;

export function createNotificationChannel(context: AlipayContext): NotificationChannel {
  return {
    retryStepsMs: RETRY_STEPS_MS,
    timeoutMs: 10_000,
    composeFaults: COMPOSE_FAULTS,
    // The body decides, and nothing but these seven characters will do.
    isAcknowledged: (_status, body) => body === 'success',
    compose: (notification, fault) => compose(context, notification, fault),
  };
}

/** Faults that tell a wrong fact under a right signature. */
function distort(notice: Record<string, string>, fault: Fault | undefined): Record<string, string> {
  switch (fault?.kind) {
    case 'wrong_amount': {
      const fen = Number(notice.total_amount?.replace('.', '')) + 1;
      return { ...notice, total_amount: yuan(numberParam(fault, 'total', fen)) };
    }
    case 'wrong_seller':
      return { ...notice, seller_id: textParam(fault, 'sellerId', '2088999999999999') };
    case 'wrong_appid':
      return { ...notice, app_id: textParam(fault, 'appId', '2021999999999999') };
    default:
      return notice;
  }
}

function compose(
  context: AlipayContext,
  notification: Notification,
  fault: Fault | undefined,
): OutgoingMessage {
  const isGbk = fault?.kind === 'gbk';
  const { key, serialNumber } = signerOf(context, fault);
  const told = new Map(
    Object.entries(distort(JSON.parse(notification.content) as Record<string, string>, fault)),
  );
  told.set('notify_id', notification.id);
  told.set('notify_time', toBillTime(context.clock.signatureNow()));
  told.set('charset', isGbk ? 'GBK' : 'utf-8');
  told.set('sign_type', 'RSA2');
  if (serialNumber !== undefined) {
    told.set('alipay_cert_sn', serialNumber);
  }
  const encode = isGbk ? encodeGbk : (text: string) => Buffer.from(text, 'utf8');
  const content = joinSorted(told, fault?.kind === 'sign_type_signed' ? ['sign'] : ['sign', 'sign_type']);
  told.set('sign', signRsa2(encode(content), key));
  const body = [...told].map(([name, value]) => `${name}=${percentEncode(encode(value))}`).join('&');
  return {
    headers: {
      'content-type': `application/x-www-form-urlencoded; text/html; charset=${isGbk ? 'GBK' : 'utf-8'}`,
      'user-agent': 'Mozilla/4.0',
    },
    body: fault?.kind === 'truncated' ? body.slice(0, Math.floor(body.length / 2)) : body,
  };
}

/** As forms are encoded: a space is a plus sign. */
function percentEncode(bytes: Buffer): string {
  let text = '';
  for (const byte of bytes) {
    const character = String.fromCharCode(byte);
    if (/[0-9A-Za-z*._-]/.test(character)) {
      text += character;
    } else {
      text += byte === 0x20 ? '+' : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
    }
  }
  return text;
}
