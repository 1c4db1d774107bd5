import type { Clock } from '../../kernel/clock.ts';
import type { Config } from '../../kernel/config/index.ts';
import { createSealer } from '../../kernel/crypto.ts';
import type { Db, Tx } from '../../kernel/db/index.ts';
import { AppError, unauthenticated } from '../../kernel/errors.ts';
import type { Router } from '../../kernel/http/index.ts';
import type { Logger } from '../../kernel/log/index.ts';
import { createAccessTokens } from './access-tokens.ts';
import { issueTokens } from './answers.ts';
import { type Callers, createCallers } from './callers.ts';
import { registerCustomerRoutes } from './customer-routes.ts';
import {
  findOrCreateLinkedUser,
  keepLinkedAccount,
  type LinkedLogin,
  setVerifiedPhone,
} from './linked-accounts.ts';
import { createLinkedCallers } from './linked-callers.ts';
import { createAccountQueue } from './log-in.ts';
import { createPasswords } from './passwords.ts';
import { registerProfileRoutes } from './profile-routes.ts';
import { createPruneJob, pruneCron } from './prune.ts';
import type { FindBuyers } from './queries.ts';
import { type IdentityContext, registerSessionRoutes } from './session-routes.ts';
import { beginSession, type Origin, type StartedSession } from './sessions.ts';
import { ensureAdministrator } from './staff.ts';
import { registerStaffRoutes } from './staff-routes.ts';
import type { AcceptInvite } from './welcome.ts';

export { type AccountAdministration, createAccountAdministration } from './account-administration.ts';
export { type Address, readAddress, readDefaultAddress } from './addresses.ts';
export { type SessionView, sessionView } from './answers.ts';
export { accountNotActive, inviteCodeUnknown } from './errors.ts';
export { type LinkedLogin, openidsOf } from './linked-accounts.ts';
export { type FindBuyers, hasAccount } from './queries.ts';
export type { Origin, StartedSession } from './sessions.ts';
export { inviteCodeInput } from './user.ts';
export type { AcceptInvite } from './welcome.ts';

export interface IdentityDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Logger;
  readonly config: Pick<Config, 'tokens' | 'secrets' | 'shop'>;
  readonly acceptInvite: AcceptInvite;
  readonly findBuyers: FindBuyers;
}

/**
 * Who is who: accounts, passwords, sessions, roles, and accounts at other providers. `authenticate` is what the router
 * asks for every caller.
 */
export function createIdentity(deps: IdentityDeps) {
  const { db, clock, log, config, acceptInvite, findBuyers } = deps;
  const { accessMs: lifetimeMs, refreshMs } = config.tokens;
  const { currency } = config.shop;
  const tokens = createAccessTokens({ secret: config.secrets.jwt, lifetimeMs, clock });
  const sealer = createSealer(config.secrets.app, 'linked-accounts');
  const findOrCreate = (tx: Tx, login: LinkedLogin) =>
    findOrCreateLinkedUser(tx, { sealer, currency, acceptInvite }, login);
  const sessions = createCallers({ db, clock, tokens });
  const vouchedFor = createLinkedCallers({ db, clock, findOrCreate });
  const callers: Callers = {
    ...sessions,
    forget(userId) {
      sessions.forget(userId);
      vouchedFor.forget(userId);
    },
  };
  const passwords = createPasswords();
  const inTurn = createAccountQueue();
  const context: IdentityContext = {
    ...{ db, clock, log, passwords, tokens, callers, inTurn, refreshMs, currency, acceptInvite },
    findBuyers,
  };

  return {
    registerRoutes(router: Router): void {
      registerSessionRoutes(router, context);
      registerProfileRoutes(router, context);
      registerCustomerRoutes(router, context);
      registerStaffRoutes(router, context);
    },
    jobs: [createPruneJob({ db, clock, refreshMs })],
    crons: [pruneCron],
    authenticate: callers.authenticate,
    /**
     * The caller whom another provider vouches for in this very request; the first one creates the user. Only what the
     * deployment believes may come here. Throws `unauthenticated` (401).
     */
    authenticateLinked: vouchedFor.authenticate,
    /** Creates the administrator `admin` unless there is one; answers whether it did. */
    ensureAdministrator: (password: string) => ensureAdministrator({ db, passwords, currency }, password),
    /**
     * Finds the user of an account at another provider by its openid, else by its unionid, else creates one. Throws
     * `invite_code_unknown` (422) where it would create one.
     */
    findOrCreateLinkedUser: findOrCreate,
    /** Keeps an account at another provider of somebody who is not logging in by it; of `userId` where it is new. */
    keepLinkedAccount: (tx: Tx, login: LinkedLogin, userId: string | null) =>
      keepLinkedAccount(tx, { sealer }, login, userId),
    /**
     * Begins a session of a linked account in the transaction that found the user; staff can only buy by it. Throws
     * `account_not_active` (403).
     */
    async startSession(tx: Tx, userId: string, origin: Origin): Promise<StartedSession> {
      const user = await tx.lock('users', userId);
      if (user === undefined) {
        throw new AppError(unauthenticated);
      }
      return beginSession(tx, user, origin, { method: 'linked', refreshMs });
    },
    /** What a login answers, `{user, tokens}`; to be called after the transaction of `startSession`. */
    issueTokens: (started: StartedSession) => issueTokens(db, tokens, started),
    setVerifiedPhone,
  };
}

export type Identity = ReturnType<typeof createIdentity>;
