/** WeChat's server interfaces: login codes of mini programs and of web pages, access token, phone number. */
import { z } from 'zod';
import type { Clock } from '../../kernel/clock.ts';
import { SECOND_MS } from '../../kernel/clock.ts';
import type { WechatApp } from '../../kernel/config/index.ts';
import type { Sealer } from '../../kernel/crypto.ts';
import type { Db } from '../../kernel/db/index.ts';
import { AppError } from '../../kernel/errors.ts';
import type { Logger } from '../../kernel/log/index.ts';
import { type Outbound, OutboundError, type OutboundRequest } from '../../kernel/outbound/index.ts';
import { createAccessTokens } from './access-tokens.ts';
import { isRejectedToken, needsAttention, toAppError, unavailable } from './error-codes.ts';
import { wechatAppUnknown, wechatCodeInvalid, wechatSnapshotUser } from './errors.ts';

const WRONG_APP = 40013;

const errorSchema = z.object({ errcode: z.int().default(0), errmsg: z.string().default('') });
const sessionSchema = z.object({
  openid: z.string().min(1),
  session_key: z.string().min(1),
  unionid: z.string().min(1).optional(),
});
const webSessionSchema = z.object({
  openid: z.string().min(1),
  /** Only where the page asked for the scope `snsapi_userinfo`. */
  unionid: z.string().min(1).optional(),
  is_snapshotuser: z.int().optional(),
});
const tokenSchema = z.object({ access_token: z.string().min(1), expires_in: z.int().positive() });
const phoneSchema = z.object({
  phone_info: z.object({
    phoneNumber: z.string().min(1),
    purePhoneNumber: z.string().min(1),
    countryCode: z.coerce.string(),
    watermark: z.object({ timestamp: z.int(), appid: z.string() }),
  }),
});

/** Who has logged in. The session key never leaves the server (see `WX_EXPOSE_SESSION_KEY`) and is stored sealed. */
export interface WechatSession {
  readonly appid: string;
  readonly openid: string;
  /** The same person across the apps of one open-platform account, where there is one. */
  readonly unionid: string | null;
  /** Only mini programs have one. */
  readonly sessionKey: string | null;
}

/** A phone number that WeChat has checked, in the field names of WeChat. */
export type WechatPhoneNumber = z.infer<typeof phoneSchema>['phone_info'];

/** All of it throws `provider_unavailable` when WeChat does not help, and `wechat_app_unknown` for an app that is not ours. */
export interface WechatOpenApi {
  /**
   * Exchanges the code of `wx.login` in a mini program, or of the authorisation of a web page in an official account; it
   * works once, within five minutes. Throws `wechat_code_invalid`, `wechat_code_used`, `wechat_rate_limited`,
   * `wechat_user_blocked` and, of a web page that WeChat shows as a snapshot, `wechat_snapshot_user`.
   */
  exchangeLoginCode(appid: string, code: string): Promise<WechatSession>;
  /**
   * Exchanges the code of the phone number button, which is not a login code; with `openid` it must be that person's.
   * Throws `wechat_code_invalid`, `wechat_code_used` and `wechat_rate_limited`.
   */
  getPhoneNumber(appid: string, code: string, openid?: string): Promise<WechatPhoneNumber>;
  /** The app's access token, shared by all processes. For the server and administrators only. */
  getAccessToken(appid: string): Promise<{ readonly token: string; readonly expiresAt: number }>;
}

export interface WechatOpenApiDeps {
  readonly apps: readonly WechatApp[];
  readonly baseUrl: string;
  readonly db: Db;
  readonly outbound: Outbound;
  readonly clock: Clock;
  readonly sealer: Sealer;
  readonly log: Logger;
}

type Call = Pick<OutboundRequest, 'operation' | 'method' | 'isSafeToRepeat' | 'redact'> & {
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: object;
};

type Answer<T> = { readonly data: T } | { readonly errcode: number };

/**
 * The server interfaces for the given apps. Calls are made outside transactions, and secrets stay out of the stored record
 * of a call.
 */
export function createWechatOpenApi(deps: WechatOpenApiDeps): WechatOpenApi {
  const { outbound, log } = deps;
  const origin = deps.baseUrl.replace(/\/$/, '');
  const apps = new Map(deps.apps.map((app) => [app.appid, app]));

  async function send({ path, query, body, ...call }: Call): Promise<unknown> {
    try {
      const response = await outbound.call({
        ...call,
        provider: 'wechat_open',
        url: `${origin}${path}${query ? `?${new URLSearchParams(query).toString()}` : ''}`,
        headers: { accept: 'application/json', ...(body ? { 'content-type': 'application/json' } : {}) },
        ...(body ? { body: JSON.stringify(body) } : {}),
      });
      return response.status === 200 ? parseJson(response.body) : undefined;
    } catch (error) {
      throw error instanceof OutboundError ? unavailable(error) : error;
    }
  }

  /** Answers either what was asked for or WeChat's error code; throws when it is neither. */
  async function ask<T>(call: Call, schema: z.ZodType<T>): Promise<Answer<T>> {
    const body = await send(call);
    const { data: error } = errorSchema.safeParse(body);
    if (error && error.errcode !== 0) {
      if (needsAttention(error.errcode) && !isRejectedToken(error.errcode)) {
        log.warn({ operation: call.operation, ...error }, 'WeChat refuses a server interface');
      }
      return { errcode: error.errcode };
    }
    const parsed = schema.safeParse(body);
    if (!parsed.success) {
      log.warn({ operation: call.operation }, 'WeChat gave an answer that is not understood');
      throw unavailable();
    }
    return { data: parsed.data };
  }

  function appOf(appid: string): WechatApp {
    const app = apps.get(appid);
    if (app === undefined) {
      throw new AppError(wechatAppUnknown);
    }
    return app;
  }

  const tokens = createAccessTokens({
    ...deps,
    async fetchToken(appid) {
      const answer = await ask(
        {
          operation: 'stable_token',
          method: 'POST',
          path: '/cgi-bin/stable_token',
          body: { grant_type: 'client_credential', appid, secret: appOf(appid).secret, force_refresh: false },
          isSafeToRepeat: true,
        },
        tokenSchema,
      );
      if ('errcode' in answer) {
        throw unavailable();
      }
      return { value: answer.data.access_token, lifeMs: answer.data.expires_in * SECOND_MS };
    },
  });

  /** One call under the app's token, and one more under another token when WeChat says that the first is not good. */
  async function askWithToken<T>(appid: string, call: Call, schema: z.ZodType<T>): Promise<Answer<T>> {
    const withToken = (token: string) => ({ ...call, query: { ...call.query, access_token: token } });
    const first = await tokens.get(appid);
    const answer = await ask(withToken(first.value), schema);
    if (!('errcode' in answer) || !isRejectedToken(answer.errcode)) {
      return answer;
    }
    const second = await tokens.get(appid, first.value);
    return ask(withToken(second.value), schema);
  }

  async function exchangeMiniProgramCode({ appid, secret }: WechatApp, code: string): Promise<WechatSession> {
    const answer = await ask(
      {
        operation: 'jscode2session',
        method: 'GET',
        path: '/sns/jscode2session',
        query: { appid, secret, js_code: code, grant_type: 'authorization_code' },
        // The code works once: a second try could only learn that it was used.
        isSafeToRepeat: false,
      },
      sessionSchema,
    );
    if ('errcode' in answer) {
      throw toAppError(answer.errcode);
    }
    const { openid, session_key: sessionKey, unionid } = answer.data;
    return { appid, openid, unionid: unionid ?? null, sessionKey };
  }

  async function exchangeWebCode({ appid, secret }: WechatApp, code: string): Promise<WechatSession> {
    const answer = await ask(
      {
        operation: 'oauth2_access_token',
        method: 'GET',
        path: '/sns/oauth2/access_token',
        query: { appid, secret, code, grant_type: 'authorization_code' },
        isSafeToRepeat: false,
      },
      webSessionSchema,
    );
    if ('errcode' in answer) {
      throw toAppError(answer.errcode);
    }
    const { openid, unionid, is_snapshotuser: isSnapshotUser } = answer.data;
    if (isSnapshotUser === 1) {
      // WeChat made this openid up for a visitor who has agreed to nothing; it never comes back.
      throw new AppError(wechatSnapshotUser);
    }
    return { appid, openid, unionid: unionid ?? null, sessionKey: null };
  }

  return {
    async exchangeLoginCode(appid, code) {
      const app = appOf(appid);
      return app.kind === 'mini_program' ? exchangeMiniProgramCode(app, code) : exchangeWebCode(app, code);
    },

    async getPhoneNumber(appid, code, openid) {
      appOf(appid);
      const answer = await askWithToken(
        appid,
        {
          operation: 'getuserphonenumber',
          method: 'POST',
          path: '/wxa/business/getuserphonenumber',
          body: openid === undefined ? { code } : { code, openid },
          isSafeToRepeat: false,
          redact: ['code'],
        },
        phoneSchema,
      );
      if ('errcode' in answer) {
        // Here it says that the code was given to another app, or to another person.
        throw answer.errcode === WRONG_APP ? new AppError(wechatCodeInvalid) : toAppError(answer.errcode);
      }
      const phone = answer.data.phone_info;
      if (phone.watermark.appid !== appid) {
        log.warn({ appid, watermark: phone.watermark.appid }, 'a phone number was given for another app');
        throw new AppError(wechatCodeInvalid);
      }
      return phone;
    },

    async getAccessToken(appid) {
      appOf(appid);
      const { value, expiresAt } = await tokens.get(appid);
      return { token: value, expiresAt };
    },
  };
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
