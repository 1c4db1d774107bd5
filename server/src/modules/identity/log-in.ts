import type { Clock } from '../../kernel/clock.ts';
import { type Db, statement } from '../../kernel/db/index.ts';
import { AppError, type ErrorDefinition } from '../../kernel/errors.ts';
import { accountNotActive, invalidCredentials } from './errors.ts';
import {
  assertNotLocked,
  countFailure,
  forgetFailures,
  type LoginSource,
  unknownAccount,
} from './login-guard.ts';
import type { Passwords } from './passwords.ts';
import { beginSession, type Origin, type StartedSession } from './sessions.ts';
import type { UserRow } from './tables.ts';

export interface LoginDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly passwords: Passwords;
  readonly refreshMs: number;
}

/** A username has no `@` and an e-mail address has one, so a name finds one user at most. */
const userByName = statement<{ name: string }, UserRow>((query, p) =>
  query
    .selectFrom('users')
    .selectAll()
    .where((eb) => eb.or([eb('username_key', '=', p.name), eb('email', '=', p.name)])),
);

/** Runs what is asked for one account one after another, so that guesses sent at once are counted one by one. */
export function createAccountQueue() {
  const last = new Map<string, Promise<unknown>>();
  return async function inTurn<T>(account: string, work: () => Promise<T>): Promise<T> {
    const before = last.get(account) ?? Promise.resolve();
    const mine = before.then(work, work);
    last.set(account, mine);
    try {
      return await mine;
    } finally {
      if (last.get(account) === mine) {
        last.delete(account);
      }
    }
  };
}

export type AccountQueue = ReturnType<typeof createAccountQueue>;

/**
 * Checks a password under the lock-out: a wrong one is counted and refused with `refusal`. Throws `account_locked` (423)
 * and `too_many_requests` (429) before it looks at the password at all.
 */
export async function checkPassword(
  deps: Pick<LoginDeps, 'db' | 'clock' | 'passwords'>,
  attempt: { readonly password: string; readonly stored: string | null; readonly source: LoginSource },
  refusal: ErrorDefinition,
): Promise<void> {
  const { password, stored, source } = attempt;
  await assertNotLocked(deps.db, source, deps.clock.now());
  if (await deps.passwords.verify(password, stored)) {
    return;
  }
  await deps.db.tx('login.count_failure', (tx) => countFailure(tx, source));
  throw new AppError(refusal);
}

/**
 * Logs in by username or e-mail address. Throws `invalid_credentials` (401) for an unknown name and a wrong password
 * alike and in the same time, `account_not_active` (403) only to whoever knows the password, and what `checkPassword` does.
 */
export async function logIn(
  deps: LoginDeps,
  inTurn: AccountQueue,
  credentials: { readonly identifier: string; readonly password: string },
  origin: Origin,
): Promise<StartedSession> {
  const name = credentials.identifier.toLowerCase();
  const user = await userByName.first(deps.db, { name });
  const source: LoginSource = { account: user?.id ?? unknownAccount(name), ip: origin.ip };
  const stored = user?.password_hash ?? null;
  return inTurn(source.account, async () => {
    await checkPassword(deps, { password: credentials.password, stored, source }, invalidCredentials);
    return deps.db.tx('user.log_in', async (tx) => {
      const current = user && (await tx.lock('users', user.id));
      if (current === undefined || current.password_hash !== stored) {
        // The password was changed while it was being checked, and with it every session was ended.
        throw new AppError(invalidCredentials);
      }
      if (current.status !== 'active') {
        throw new AppError(accountNotActive);
      }
      await forgetFailures(tx, source);
      return beginSession(tx, current, origin, { method: 'password', refreshMs: deps.refreshMs });
    });
  });
}
