/** Which ways to pay make sense on this device, the one to begin with first. */

export interface Device {
  readonly isInWechat: boolean;
  readonly isPhone: boolean;
  /** Whether the payer's WeChat account is within reach: in WeChat, or on the simulated phone. */
  readonly hasAccount: boolean;
}

/** What the browser says of itself; `isSimulated` where a simulated phone stands for the payer's. */
export function readDevice(userAgent: string, isSimulated: boolean): Device {
  const isInWechat = /\bMicroMessenger\//i.test(userAgent);
  return {
    isInWechat,
    isPhone: /\b(?:Android|iPhone|iPad|Mobile)\b/i.test(userAgent),
    hasAccount: isInWechat || isSimulated,
  };
}

/** Those that need a certain place; the others work everywhere. */
const PLACES: Readonly<Record<string, (device: Device) => boolean>> = {
  wechat_jsapi: ({ hasAccount }) => hasAccount,
  wechat_native: ({ isInWechat }) => !isInWechat,
  wechat_h5: ({ isInWechat, isPhone }) => isPhone && !isInWechat,
  // Opened by the shop's own app, never by a page.
  wechat_app: () => false,
  // Opened by the mini program that Cloud Hosting serves.
  wechat_cloud: () => false,
  // WeChat's browser opens no page of Alipay.
  alipay_qr: ({ isInWechat }) => !isInWechat,
  alipay_page: ({ isInWechat, isPhone }) => !isInWechat && !isPhone,
  alipay_wap: ({ isInWechat, isPhone }) => !isInWechat && isPhone,
};

const ON_PHONE = ['wechat_jsapi', 'wechat_h5', 'alipay_wap', 'wechat_native', 'alipay_qr'];
const ON_DESKTOP = ['wechat_native', 'alipay_qr', 'alipay_page', 'wechat_jsapi'];
const LAST = ['bank_transfer', 'cash_on_delivery'];

function rankOf(method: string, { isInWechat, isPhone }: Device): number {
  const order = isInWechat || isPhone ? ON_PHONE : ON_DESKTOP;
  const rank = order.indexOf(method);
  return rank >= 0 ? rank : order.length + LAST.indexOf(method) + 1;
}

/** Those of these methods that this device can pay by, in the order in which they are offered. */
export function methodsFor(methods: readonly string[], device: Device): string[] {
  return methods
    .filter((method) => PLACES[method]?.(device) ?? true)
    .sort((one, other) => rankOf(one, device) - rankOf(other, device));
}
