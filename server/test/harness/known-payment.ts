import type { KnownPayment } from '../../src/gateways/gateway.ts';
import { newId } from '../../src/kernel/ids.ts';

/** An attempt at WeChat that was begun now and may be paid for a quarter of an hour; `change` says what matters. */
export function knownPayment(
  change: Partial<KnownPayment> & Pick<KnownPayment, 'method' | 'createdAt' | 'notifyUrl'>,
): KnownPayment {
  return {
    id: newId('pay'),
    amount: { amount: 12_345, currency: 'CNY' },
    description: '龙井茶 🍵',
    expiresAt: change.createdAt + 900_000,
    returnUrl: change.notifyUrl,
    captureMode: 'automatic',
    appId: null,
    openid: null,
    clientIp: null,
    reference: null,
    transactionId: null,
    ...change,
  };
}
