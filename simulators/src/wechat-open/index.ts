import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { type ControlRoute, route } from '../control/route.ts';
import { controlError } from '../control-error.ts';
import { type Fault, type Faults, numberParam, textParam } from '../faults.ts';
import type { Journal } from '../journal.ts';
import type { Store } from '../store.ts';
import { createWireListener, type WireAnswer, type WireRequest } from '../wire.ts';
import { CODE_TABLES, type CodePurpose, createCodes } from './codes.ts';
import { describeError, openError, WeChatOpenError } from './errors.ts';
import { OPEN_OPERATIONS, type OpenOperation, type WeChatOpenContext } from './operations.ts';
import { createTokens, TOKEN_TABLES } from './tokens.ts';

const PROVIDER = 'wechat-open';
const FAULT_KINDS = [
  'delay',
  'connection_refused',
  'error',
  'rate_limit',
  'commit_then_timeout',
  'error_after_commit',
  'truncated_body',
] as const;

export interface MintedCode {
  code: string;
  appid: string;
  payerId: string;
  openid: string;
  expiresAt: number;
}

/** What a phone does with the mini-program interfaces. */
export interface WeChatOpenControl {
  /** What `wx.login` gives; by default for the first app and the first payer. */
  mintLoginCode(input?: { payerId?: string | undefined; appid?: string | undefined }): MintedCode;
  /** What the phone number button gives. */
  mintPhoneCode(input?: { payerId?: string | undefined; appid?: string | undefined }): MintedCode;
}

export interface WeChatOpen {
  listener: FastifyInstance;
  control: WeChatOpenControl;
  routes: ControlRoute[];
  tables: readonly string[];
}

export type WeChatOpenDependencies = Pick<WeChatOpenContext, 'clock' | 'payers' | 'openids'> & {
  store: Store;
  faults: Faults;
  journal: Journal;
};

/** The simulated server API of mini programs (api.weixin.qq.com). */
export function createWeChatOpen(dependencies: WeChatOpenDependencies): WeChatOpen {
  const { store, clock, faults } = dependencies;
  const context: WeChatOpenContext = {
    ...dependencies,
    codes: createCodes(store, clock),
    tokens: createTokens(store, clock),
  };
  faults.register(
    PROVIDER,
    Object.fromEntries(OPEN_OPERATIONS.map(({ operation }) => [operation, FAULT_KINDS])),
  );
  const control = createControl(context);
  const listener = createWireListener<OpenOperation>(
    {
      name: PROVIDER,
      routes: OPEN_OPERATIONS,
      handle: (operation, request) => handle(context, operation, request),
      answerFault,
    },
    faults,
    dependencies.journal,
  );
  return { listener, control, routes: routesOf(control), tables: [...CODE_TABLES, ...TOKEN_TABLES] };
}

function createControl(context: WeChatOpenContext): WeChatOpenControl {
  function mint(
    purpose: CodePurpose,
    input: { payerId?: string | undefined; appid?: string | undefined },
  ): MintedCode {
    const appid = input.appid ?? context.openids.apps[0]?.appid ?? '';
    if (!context.openids.apps.some((app) => app.appid === appid)) {
      throw controlError(
        404,
        'app_not_found',
        `No app "${appid}"; GET /control/wechat-pay/merchant lists them.`,
      );
    }
    const payer = input.payerId === undefined ? context.payers.first() : context.payers.find(input.payerId);
    const { code, expiresAt } = context.codes.mint(purpose, appid, payer.id);
    return { code, appid, payerId: payer.id, openid: context.openids.of(payer.id, appid), expiresAt };
  }

  return {
    mintLoginCode: (input = {}) => mint('login', input),
    mintPhoneCode: (input = {}) => mint('phone', input),
  };
}

function routesOf(control: WeChatOpenControl): ControlRoute[] {
  const input = z.strictObject({ payerId: z.string().optional(), appid: z.string().optional() });
  return [
    route('POST', '/wechat-open/login-codes', 'A code as wx.login gives', input, (value) =>
      control.mintLoginCode(value),
    ),
    route('POST', '/wechat-open/phone-codes', 'A code as the phone number button gives', input, (value) =>
      control.mintPhoneCode(value),
    ),
  ];
}

function handle(context: WeChatOpenContext, operation: OpenOperation, request: WireRequest): WireAnswer {
  try {
    return word(operation, operation.run(context, request));
  } catch (error) {
    if (error instanceof WeChatOpenError) {
      return word(operation, describeError(error));
    }
    throw error;
  }
}

/** The platform answers 200 whatever happened. */
function word(operation: OpenOperation, body: Record<string, unknown>): WireAnswer {
  return { status: 200, headers: { 'content-type': operation.contentType }, body: JSON.stringify(body) };
}

function answerFault(operation: OpenOperation, fault: Fault): WireAnswer {
  const isRateLimit = fault.kind === 'rate_limit';
  const errcode = numberParam(fault, 'errcode', isRateLimit ? 45011 : -1);
  const usual = isRateLimit ? 'api minute-quota reach limit, must slower, retry next minute' : 'system error';
  const answer = word(operation, describeError(openError(errcode, textParam(fault, 'errmsg', usual))));
  return { ...answer, status: numberParam(fault, 'status', 200) };
}
