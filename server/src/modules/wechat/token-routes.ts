/** The access token of an app, for administrators: whoever has it may speak for the app, so no browser gets it. */
import { z } from 'zod';
import { SECOND_MS } from '../../kernel/clock.ts';
import { providerUnavailable } from '../../kernel/errors.ts';
import { actorOf, type Router, requireCaller } from '../../kernel/http/index.ts';
import { writeAudit } from '../audit/index.ts';
import { chooseApp } from './apps.ts';
import { TAG, type WechatDeps } from './deps.ts';
import { wechatAppUnknown } from './errors.ts';

/** Registers `POST /wechat/getAccessToken`. */
export function registerTokenRoutes(router: Router, deps: WechatDeps): void {
  const { db, clock, config, openApi } = deps;
  router.route(
    {
      method: 'POST',
      url: '/wechat/getAccessToken',
      summary: 'The access token of an app, the one that the server itself uses',
      description: 'For administrators; each time is written to the audit log.',
      tag: TAG,
      access: 'staff',
      permission: 'wechat.token',
      body: z.strictObject({ appid: z.string().trim().min(1).max(64).optional() }),
      data: z.object({
        access_token: z.string(),
        /** Seconds. */
        expires_in: z.int(),
      }),
      errors: [wechatAppUnknown, providerUnavailable],
      rateLimit: { points: 30, perSeconds: 60 },
    },
    async (context) => {
      const { appid } = chooseApp(config.apps, context.body.appid);
      const { token, expiresAt } = await openApi.getAccessToken(appid);
      const actor = actorOf(requireCaller(context));
      const target = { type: 'wechat_app', id: appid };
      await db.tx('wechat.read_token', (tx) =>
        writeAudit(tx, { actor, action: 'wechat_token.read', target, ip: context.ip }),
      );
      context.reply.header('Cache-Control', 'no-store');
      return {
        access_token: token,
        expires_in: Math.max(0, Math.floor((expiresAt - clock.now()) / SECOND_MS)),
      };
    },
  );
}
