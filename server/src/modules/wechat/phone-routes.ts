/** The phone number that WeChat vouches for. */
import { z } from 'zod';
import { providerUnavailable } from '../../kernel/errors.ts';
import { type RouteContext, type Router, requireCaller } from '../../kernel/http/index.ts';
import { openidsOf } from '../identity/index.ts';
import { chooseMiniProgram } from './apps.ts';
import { TAG, WECHAT, type WechatDeps } from './deps.ts';
import { wechatAppUnknown, wechatCodeInvalid, wechatCodeUsed, wechatRateLimited } from './errors.ts';

const phoneBody = z.strictObject({
  code: z.string().trim().min(1).max(512),
  appid: z.string().trim().min(1).max(64).optional(),
});

type PhoneContext = RouteContext<unknown, unknown, z.infer<typeof phoneBody>>;

/** WeChat's own answer, whose field names its callers know. */
const phoneView = z.object({
  errcode: z.literal(0),
  errmsg: z.literal('ok'),
  phone_info: z.object({
    phoneNumber: z.string(),
    purePhoneNumber: z.string(),
    countryCode: z.string(),
    watermark: z.object({ timestamp: z.int(), appid: z.string() }),
  }),
});

/** Registers `POST /wechat/getUserPhoneNumber`. */
export function registerPhoneRoutes(router: Router, deps: WechatDeps): void {
  router.route(
    {
      method: 'POST',
      url: '/wechat/getUserPhoneNumber',
      summary: 'Exchange the code of the phone number button for the number',
      description:
        'The number becomes the verified one of the caller. Several accounts may hold one number: it names nobody and opens no account.',
      tag: TAG,
      access: 'user',
      body: phoneBody,
      data: phoneView,
      errors: [wechatAppUnknown, wechatCodeInvalid, wechatCodeUsed, wechatRateLimited, providerUnavailable],
      // WeChat charges for each number.
      rateLimit: { points: 10, perSeconds: 60 },
    },
    (context) => getPhoneNumber(deps, context),
  );
}

async function getPhoneNumber(deps: WechatDeps, context: PhoneContext): Promise<z.infer<typeof phoneView>> {
  const { db, config, openApi, identity } = deps;
  const { userId } = requireCaller(context);
  const { code } = context.body;
  const accounts = (await openidsOf(db, userId)).filter(({ provider }) => provider === WECHAT);
  const { appid } = chooseMiniProgram(config.apps, context.body.appid, accounts);
  const openid = accounts.find((account) => account.appid === appid)?.openid;
  const { phoneNumber, purePhoneNumber, countryCode, watermark } = await openApi.getPhoneNumber(
    appid,
    code,
    openid,
  );
  const { timestamp } = watermark;
  const international = `+${countryCode}${purePhoneNumber}`;
  await db.tx('wechat.keep_phone', (tx) => identity.setVerifiedPhone(tx, userId, international));
  return {
    errcode: 0,
    errmsg: 'ok',
    phone_info: { phoneNumber, purePhoneNumber, countryCode, watermark: { timestamp, appid } },
  };
}
