import { z } from 'zod';
import { type ControlRoute, route } from '../control/route.ts';
import { tradingRoutes } from '../wechat-pay/trading-routes.ts';
import type { WeChatCloudControl } from './control.ts';
import { weChatCloudSettingsSchema } from './settings.ts';

const nothing = z.strictObject({});

/** The part of the control API that is about cloud calls. */
export function weChatCloudRoutes(control: WeChatCloudControl): ControlRoute[] {
  return [
    route('GET', '/wechat-cloud/merchant', 'Merchant, environment, service, apps', nothing, () =>
      control.merchant(),
    ),
    route('GET', '/wechat-cloud/settings', 'Where the service is, refunds', nothing, () =>
      control.settings(),
    ),
    route('PATCH', '/wechat-cloud/settings', 'Change them', weChatCloudSettingsSchema.partial(), (patch) =>
      control.changeSettings(patch),
    ),
    route(
      'POST',
      '/wechat-cloud/caller-headers',
      'What the gateway puts into a request of a mini program',
      z.strictObject({
        payerId: z.string().optional(),
        appid: z.string().optional(),
        isShared: z.boolean().optional(),
      }),
      (input) => control.callerHeaders(input),
    ),
    ...tradingRoutes('/wechat-cloud', control),
  ];
}
