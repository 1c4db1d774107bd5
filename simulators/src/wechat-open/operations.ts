import { randomBytes } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { Payers } from '../payers.ts';
import { randomText } from '../random.ts';
import type { WeChatApp } from '../wechat-identity/apps.ts';
import type { Openids } from '../wechat-identity/openids.ts';
import type { WireRequest, WireRoute } from '../wire.ts';
import type { Code, Codes } from './codes.ts';
import { openError } from './errors.ts';
import type { Tokens } from './tokens.ts';

export interface WeChatOpenContext {
  clock: Clock;
  payers: Payers;
  openids: Openids;
  codes: Codes;
  tokens: Tokens;
}

export interface OpenOperation extends WireRoute {
  contentType: string;
  run(context: WeChatOpenContext, request: WireRequest): Record<string, unknown>;
}

const JSON_TYPE = 'application/json; encoding=utf-8';

export const OPEN_OPERATIONS: readonly OpenOperation[] = [
  {
    operation: 'jscode2session',
    method: 'GET',
    url: '/sns/jscode2session',
    contentType: 'text/plain',
    subject: (request) => ({ appid: request.query.get('appid') ?? undefined }),
    run: codeToSession,
  },
  {
    operation: 'oauth2_access_token',
    method: 'GET',
    url: '/sns/oauth2/access_token',
    contentType: 'text/plain',
    subject: (request) => ({ appid: request.query.get('appid') ?? undefined }),
    run: codeToWebSession,
  },
  {
    operation: 'stable_token',
    method: 'POST',
    url: '/cgi-bin/stable_token',
    contentType: JSON_TYPE,
    subject: (request) => ({ appid: /"appid"\s*:\s*"([^"]*)"/.exec(request.body)?.[1] }),
    run: stableToken,
  },
  {
    operation: 'getuserphonenumber',
    method: 'POST',
    url: '/wxa/business/getuserphonenumber',
    contentType: JSON_TYPE,
    subject: () => ({}),
    run: phoneNumber,
  },
];

/** The login of a mini program. */
function codeToSession(context: WeChatOpenContext, request: WireRequest): Record<string, unknown> {
  const { app, payerId } = useLoginCode(context, request, 'mini_program', 'js_code');
  return {
    session_key: randomBytes(16).toString('base64'),
    openid: context.openids.of(payerId, app.appid),
    unionid: context.openids.unionidOf(payerId),
  };
}

/** The authorisation of a web page in an official account, with the scope that tells the unionid. */
function codeToWebSession(context: WeChatOpenContext, request: WireRequest): Record<string, unknown> {
  const { app, payerId } = useLoginCode(context, request, 'official_account', 'code');
  return {
    access_token: randomText(86),
    expires_in: 7200,
    refresh_token: randomText(86),
    openid: context.openids.of(payerId, app.appid),
    scope: 'snsapi_userinfo',
    unionid: context.openids.unionidOf(payerId),
  };
}

function useLoginCode(
  context: WeChatOpenContext,
  request: WireRequest,
  kind: WeChatApp['kind'],
  codeName: string,
): { app: WeChatApp; payerId: string } {
  const query = request.query;
  const app = authenticate(context, query.get('appid'), query.get('secret'));
  if (app.kind !== kind) {
    throw openError(40013, 'invalid appid');
  }
  if (query.get('grant_type') !== 'authorization_code') {
    throw openError(40002, 'invalid grant_type');
  }
  const code = query.get(codeName);
  if (!code) {
    throw openError(41008, 'missing code');
  }
  const { payerId } = consume(context.codes.consume('login', app.appid, code));
  return { app, payerId };
}

function stableToken(context: WeChatOpenContext, request: WireRequest): Record<string, unknown> {
  const body = parse(request.body);
  const app = authenticate(context, body.appid, body.secret);
  if (body.grant_type !== 'client_credential') {
    throw openError(40002, 'invalid grant_type');
  }
  return context.tokens.issue(app.appid, body.force_refresh === true);
}

function phoneNumber(context: WeChatOpenContext, request: WireRequest): Record<string, unknown> {
  const token = request.query.get('access_token');
  if (!token) {
    throw openError(41001, 'access_token missing');
  }
  const appid = context.tokens.check(token);
  const body = parse(request.body);
  if (typeof body.code !== 'string' || body.code === '') {
    throw openError(40029, 'invalid code');
  }
  const used = consume(context.codes.consume('phone', appid, body.code));
  if (typeof body.openid === 'string' && body.openid !== context.openids.of(used.payerId, appid)) {
    throw openError(40013, 'invalid appid');
  }
  const phone = context.payers.find(used.payerId).phone;
  return {
    errcode: 0,
    errmsg: 'ok',
    phone_info: {
      phoneNumber: phone,
      purePhoneNumber: phone,
      countryCode: '86',
      watermark: { timestamp: Math.floor(context.clock.now() / 1000), appid },
    },
  };
}

function authenticate(context: WeChatOpenContext, appid: unknown, secret: unknown): WeChatApp {
  if (typeof appid !== 'string' || appid === '') {
    throw openError(41002, 'appid missing');
  }
  const app = context.openids.apps.find((candidate) => candidate.appid === appid);
  if (app === undefined) {
    throw openError(40013, 'invalid appid');
  }
  if (typeof secret !== 'string' || secret === '') {
    throw openError(41004, 'appsecret missing');
  }
  if (app.secret !== secret) {
    throw openError(40125, 'invalid appsecret');
  }
  return app;
}

function consume(result: Code | 'invalid' | 'used'): Code {
  if (result === 'invalid') {
    throw openError(40029, 'invalid code');
  }
  if (result === 'used') {
    throw openError(40163, 'code been used');
  }
  return result;
}

function parse(body: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value === 'object' && value !== null) {
      return value as Record<string, unknown>;
    }
  } catch {
    // Broken JSON and the wrong kind of JSON get the same answer.
  }
  throw openError(47001, 'data format error');
}
