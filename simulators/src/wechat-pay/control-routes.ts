import { z } from 'zod';
import { type ControlRoute, route } from '../control/route.ts';
import type { WeChatPayControl } from './control.ts';
import { weChatPaySettingsSchema } from './key-ring.ts';
import { tradingRoutes } from './trading-routes.ts';

/** WeChat Pay's part of the control API. */
export function weChatPayRoutes(control: WeChatPayControl): ControlRoute[] {
  return [...merchantRoutes(control), ...tradingRoutes('/wechat-pay', control)];
}

function merchantRoutes(control: WeChatPayControl): ControlRoute[] {
  return [
    route('GET', '/wechat-pay/merchant', 'What WeChat would give the merchant', z.strictObject({}), () =>
      control.merchant(),
    ),
    route(
      'GET',
      '/wechat-pay/settings',
      'Key mode, grey percentage, refund settlement',
      z.strictObject({}),
      () => control.settings(),
    ),
    route('PATCH', '/wechat-pay/settings', 'Change them', weChatPaySettingsSchema.partial(), (patch) =>
      control.changeSettings(withoutUndefined(patch)),
    ),
    route(
      'POST',
      '/wechat-pay/certificates/rotate',
      'Sign with a new platform certificate',
      z.strictObject({}),
      () => control.rotateCertificate(),
    ),
  ];
}

function withoutUndefined<T extends object>(patch: T): { [Key in keyof T]?: Exclude<T[Key], undefined> } {
  return Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined)) as {
    [Key in keyof T]?: Exclude<T[Key], undefined>;
  };
}
