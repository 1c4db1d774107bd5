/**
 * Who somebody is to WeChat. The code of a login works once, so WeChat is asked before any transaction; if the process
 * dies after that, nothing has changed and the app gets a new code.
 */
import { z } from 'zod';
import { providerUnavailable } from '../../kernel/errors.ts';
import type { RouteContext, Router } from '../../kernel/http/index.ts';
import {
  accountNotActive,
  inviteCodeInput,
  inviteCodeUnknown,
  type LinkedLogin,
  sessionView,
} from '../identity/index.ts';
import { chooseApp } from './apps.ts';
import { TAG, WECHAT, type WechatDeps } from './deps.ts';
import {
  wechatAppUnknown,
  wechatCodeInvalid,
  wechatCodeUsed,
  wechatRateLimited,
  wechatSnapshotUser,
  wechatUserBlocked,
} from './errors.ts';
import type { WechatSession } from './open-api.ts';

const codeBody = z.strictObject({
  code: z.string().trim().min(1).max(512),
  /** Needed where the merchant has several apps and this is not the first mini program. */
  appid: z.string().trim().min(1).max(64).optional(),
});

const loginBody = codeBody.extend({ inviteCode: inviteCodeInput.optional() });

type CodeContext = RouteContext<unknown, unknown, z.infer<typeof codeBody>>;
type LoginContext = RouteContext<unknown, unknown, z.infer<typeof loginBody>>;

const loginView = sessionView.extend({
  /** Whether this login has created the account. */
  isNew: z.boolean(),
});

const openidView = z.object({
  openid: z.string(),
  unionid: z.string().optional(),
  session_key: z.string().optional(),
});

const codeErrors = [
  wechatAppUnknown,
  wechatCodeInvalid,
  wechatCodeUsed,
  wechatUserBlocked,
  wechatSnapshotUser,
  wechatRateLimited,
  providerUnavailable,
];

/** By network address, behind which a whole office may sit. */
const RATE_LIMIT = { points: 120, perSeconds: 60 };

/** Registers `POST /wechat/login` and `POST /wechat/getOpenId`. */
export function registerLoginRoutes(router: Router, deps: WechatDeps): void {
  router.route(
    {
      method: 'POST',
      url: '/wechat/login',
      summary: 'Log in through WeChat',
      description:
        'The first login creates the account. One person is one account in all apps of the merchant, as far as WeChat tells the unionid. `inviteCode`, the code of whoever has invited them, is fixed by the first login and not looked at by later ones.',
      tag: TAG,
      access: 'public',
      body: loginBody,
      data: loginView,
      errors: [...codeErrors, accountNotActive, inviteCodeUnknown],
      rateLimit: RATE_LIMIT,
    },
    (context) => logIn(deps, context),
  );
  router.route(
    {
      method: 'POST',
      url: '/wechat/getOpenId',
      summary: 'Exchange a login code for the openid',
      description:
        'Open to everybody, as apps ask it before there is an account. Of a customer who is logged in, the account at WeChat is kept, so that they can pay by it. `session_key` stays on the server unless WX_EXPOSE_SESSION_KEY is true.',
      tag: TAG,
      access: 'optional',
      body: codeBody,
      data: openidView,
      errors: codeErrors,
      rateLimit: RATE_LIMIT,
    },
    (context) => getOpenid(deps, context),
  );
}

async function exchange({ openApi, config }: WechatDeps, { body }: CodeContext): Promise<WechatSession> {
  return openApi.exchangeLoginCode(chooseApp(config.apps, body.appid).appid, body.code);
}

function toLogin({ appid, openid, unionid, sessionKey }: WechatSession): LinkedLogin {
  return {
    provider: WECHAT,
    appid,
    openid,
    unionid: unionid ?? undefined,
    sessionKey: sessionKey ?? undefined,
  };
}

async function logIn(deps: WechatDeps, context: LoginContext): Promise<z.infer<typeof loginView>> {
  const { db, identity } = deps;
  const { locale, ip, request } = context;
  const { inviteCode } = context.body;
  const session = await exchange(deps, context);
  const login = { ...toLogin(session), preferences: { language: locale }, inviteCode };
  const origin = { ip, userAgent: request.headers['user-agent'] };
  const { started, isNew } = await db.tx('wechat.log_in', async (tx) => {
    const user = await identity.findOrCreateLinkedUser(tx, login);
    return { started: await identity.startSession(tx, user.userId, origin), isNew: user.isNew };
  });
  return { ...(await identity.issueTokens(started)), isNew };
}

async function getOpenid(deps: WechatDeps, context: CodeContext): Promise<z.infer<typeof openidView>> {
  const { db, identity, config } = deps;
  const session = await exchange(deps, context);
  const { openid, unionid, sessionKey } = session;
  // An account of staff is not opened to whoever holds a phone: it is reached by its password alone.
  const userId = context.caller?.kind === 'customer' ? context.caller.userId : null;
  await db.tx('wechat.keep_account', (tx) => identity.keepLinkedAccount(tx, toLogin(session), userId));
  context.reply.header('Cache-Control', 'no-store');
  return {
    openid,
    ...(unionid !== null && { unionid }),
    ...(config.exposesSessionKey && sessionKey !== null && { session_key: sessionKey }),
  };
}
