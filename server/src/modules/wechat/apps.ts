/** Which of the merchant's apps a request is about. */
import type { WechatApp } from '../../kernel/config/index.ts';
import { AppError } from '../../kernel/errors.ts';
import { wechatAppUnknown } from './errors.ts';

/** The app that is named, else the first mini program, else the first app. Throws `wechat_app_unknown` (400). */
export function chooseApp(apps: readonly WechatApp[], appid: string | undefined): WechatApp {
  const app =
    appid === undefined
      ? (apps.find(({ kind }) => kind === 'mini_program') ?? apps[0])
      : apps.find((known) => known.appid === appid);
  if (app === undefined) {
    throw new AppError(wechatAppUnknown);
  }
  return app;
}

/** The mini program that is named, else the first one that the user has an account in, else the first one. */
export function chooseMiniProgram(
  apps: readonly WechatApp[],
  appid: string | undefined,
  accounts: readonly { readonly appid: string }[],
): WechatApp {
  const miniPrograms = apps.filter(({ kind }) => kind === 'mini_program');
  const own = miniPrograms.find((app) => accounts.some((account) => account.appid === app.appid));
  return chooseApp(miniPrograms, appid ?? own?.appid);
}
