import { z } from 'zod';
import type { Clock } from '../../kernel/clock.ts';
import type { Db } from '../../kernel/db/index.ts';
import { AppError, serviceUnavailable, unauthenticated } from '../../kernel/errors.ts';
import type { RouteContext, Router } from '../../kernel/http/index.ts';
import type { Logger } from '../../kernel/log/index.ts';
import type { AccessTokens } from './access-tokens.ts';
import { issueTokens, sessionView } from './answers.ts';
import type { Callers } from './callers.ts';
import {
  accountLocked,
  accountNotActive,
  emailTaken,
  invalidCredentials,
  invalidRefreshToken,
  inviteCodeUnknown,
  usernameTaken,
} from './errors.ts';
import { type AccountQueue, logIn } from './log-in.ts';
import type { Passwords } from './passwords.ts';
import type { FindBuyers } from './queries.ts';
import { register } from './register.ts';
import { findSessionOf, type Origin, revokeSession, rotateToken } from './sessions.ts';
import {
  assertBornAlready,
  emailSchema,
  inviteCodeInput,
  metadataInput,
  passwordSchema,
  preferencesInput,
  profileInput,
  usernameSchema,
} from './user.ts';
import type { AcceptInvite } from './welcome.ts';

/** Everything that the routes of identity work with. */
export interface IdentityContext {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Logger;
  readonly passwords: Passwords;
  readonly tokens: AccessTokens;
  readonly callers: Callers;
  readonly inTurn: AccountQueue;
  readonly refreshMs: number;
  /** The shop's. */
  readonly currency: string;
  readonly acceptInvite: AcceptInvite;
  readonly findBuyers: FindBuyers;
}

const TAG = 'Users';
const refreshTokenInput = z.string().min(20).max(200);

function originOf(context: RouteContext<unknown, unknown, unknown>): Origin {
  return { ip: context.ip, userAgent: context.request.headers['user-agent'] };
}

/** Registration, login, refresh and logout. */
export function registerSessionRoutes(router: Router, identity: IdentityContext): void {
  addRegister(router, identity);
  addLogin(router, identity);
  addRefresh(router, identity);
  addLogout(router, identity);
}

function addRegister(router: Router, identity: IdentityContext): void {
  router.route(
    {
      method: 'POST',
      url: '/users/register',
      summary: 'Create an account and log in',
      description: '`inviteCode` is the code of whoever has invited you; it is fixed here and never changes.',
      tag: TAG,
      access: 'public',
      body: z.strictObject({
        username: usernameSchema,
        email: emailSchema,
        password: passwordSchema,
        profile: profileInput.optional(),
        preferences: preferencesInput.optional(),
        metadata: metadataInput.optional(),
        inviteCode: inviteCodeInput.optional(),
      }),
      data: sessionView,
      status: 201,
      errors: [usernameTaken, emailTaken, inviteCodeUnknown, serviceUnavailable],
      rateLimit: { points: 120, perSeconds: 60 },
    },
    async (context) => {
      assertBornAlready(context.body.profile ?? {}, identity.clock.now(), context.locale);
      const started = await register(identity, context.body, originOf(context), context.locale);
      return issueTokens(identity.db, identity.tokens, started);
    },
  );
}

function addLogin(router: Router, identity: IdentityContext): void {
  router.route(
    {
      method: 'POST',
      url: '/users/login',
      summary: 'Log in with a username or an e-mail address',
      tag: TAG,
      access: 'public',
      body: z.strictObject({
        identifier: z.string().trim().min(1).max(190),
        password: z.string().min(1).max(128),
      }),
      data: sessionView,
      errors: [invalidCredentials, accountLocked, accountNotActive, serviceUnavailable],
      rateLimit: { points: 120, perSeconds: 60 },
    },
    async (context) => {
      const started = await logIn(identity, identity.inTurn, context.body, originOf(context));
      return issueTokens(identity.db, identity.tokens, started);
    },
  );
}

function addRefresh(router: Router, identity: IdentityContext): void {
  const { db, callers, log } = identity;
  router.route(
    {
      method: 'POST',
      url: '/users/refresh',
      summary: 'Exchange a refresh token for new tokens',
      description:
        'A refresh token is used once. The same token again within ten seconds gives the same successor; later it ends the session, because two hold it.',
      tag: TAG,
      access: 'public',
      body: z.strictObject({ refreshToken: refreshTokenInput }),
      data: sessionView,
      errors: [invalidRefreshToken, accountNotActive],
      rateLimit: { points: 120, perSeconds: 60 },
    },
    async ({ body, ip }) => {
      const rotation = await db.tx('session.refresh', (tx) =>
        rotateToken(tx, body.refreshToken, identity.refreshMs),
      );
      if (rotation.kind === 'reused') {
        callers.forget(rotation.userId);
        log.warn({ userId: rotation.userId, ip }, 'a refresh token was used twice; its session has ended');
        throw new AppError(invalidRefreshToken);
      }
      return issueTokens(db, identity.tokens, rotation);
    },
  );
}

function addLogout(router: Router, identity: IdentityContext): void {
  const { db, callers } = identity;
  router.route(
    {
      method: 'POST',
      url: '/users/logout',
      summary: 'End the session',
      description: 'Of the refresh token if there is one, else of the access token. Harmless to repeat.',
      tag: TAG,
      access: 'optional',
      body: z.strictObject({ refreshToken: refreshTokenInput.optional() }),
      data: z.null(),
      errors: [unauthenticated],
    },
    async ({ body, caller, request }) => {
      const { refreshToken } = body;
      if (refreshToken !== undefined) {
        const session = await db.tx('session.log_out', async (tx) => {
          const found = await findSessionOf(tx, refreshToken);
          if (found !== undefined) {
            await revokeSession(tx, found.id, 'logout');
          }
          return found;
        });
        if (session !== undefined) {
          callers.forget(session.user_id);
        }
        return null;
      }
      if (caller === null) {
        throw new AppError(unauthenticated);
      }
      const sessionId = await callers.sessionOf(request.headers.authorization);
      await db.tx('session.log_out', (tx) => revokeSession(tx, sessionId, 'logout'));
      callers.forget(caller.userId);
      return null;
    },
  );
}
