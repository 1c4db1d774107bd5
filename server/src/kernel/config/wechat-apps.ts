/** The merchant's apps at WeChat. */
import { z } from 'zod';
import type { Settings } from './keys.ts';

/** One app of the merchant. */
export interface WechatApp {
  readonly appid: string;
  readonly secret: string;
  readonly kind: 'mini_program' | 'official_account' | 'mobile_app';
}

/** The same, where its secret may be unknown. */
export type KnownWechatApp = Omit<WechatApp, 'secret'> & { readonly secret?: string | undefined };

const appList = z.array(
  z.strictObject({
    appid: z.string().min(1),
    secret: z.string().min(1).optional(),
    kind: z.enum(['mini_program', 'official_account', 'mobile_app']).default('mini_program'),
  }),
);

/** Whether the app can ask WeChat's server interfaces: log in with codes, fetch phone numbers. */
export function hasSecret(app: KnownWechatApp): app is WechatApp {
  return app.secret !== undefined;
}

function parseApps(raw: string, secret: string | undefined): KnownWechatApp[] | undefined {
  if (!raw.startsWith('[')) {
    return [{ appid: raw, secret, kind: 'mini_program' }];
  }
  try {
    return appList.parse(JSON.parse(raw));
  } catch {
    return undefined;
  }
}

/**
 * `WX_APPID` is one appid (with `WX_SECRET`) or a JSON list of {appid, secret, kind}. In Cloud Hosting an app needs no
 * secret. Adds what is wrong to `problems`.
 */
export function readApps(settings: Settings, problems: string[]): KnownWechatApp[] {
  if (settings.WX_APPID === undefined) {
    return [];
  }
  const apps = parseApps(settings.WX_APPID, settings.WX_SECRET);
  if (apps === undefined) {
    problems.push('WX_APPID: must be an appid or a JSON list of {"appid", "secret", "kind"}');
    return [];
  }
  if (!settings.WECHAT_CLOUD_HOSTING && !apps.every(hasSecret)) {
    problems.push('WX_SECRET: needed beside WX_APPID');
  }
  return apps;
}
