/** Where the platform brings the callbacks of payments by cloud call: another door of the one inbox. */
import type { Router } from '../../kernel/http/index.ts';
import { TAG, type WechatDeps } from './deps.ts';

const PROVIDER = 'wechat_cloud';

/**
 * Registers `POST /orders/payment-callback/:orderNumber`. The number in the address is the one that the payment has at WeChat,
 * as in the body, which counts. Callbacks come through the platform's gateway, whose address says nothing of who sends: they
 * are counted by that number.
 */
export function registerCloudCallbackRoutes(router: Router, { payments }: WechatDeps): void {
  payments.registerNotificationRoute(router, {
    url: '/orders/payment-callback/:orderNumber',
    summary: 'Callbacks of WeChat Pay by cloud call: unsigned, so that they only make us ask',
    tag: TAG,
    providerOf: () => PROVIDER,
    countedBy: ({ orderNumber = '' }) => `order ${orderNumber}`,
  });
}
