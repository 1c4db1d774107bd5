/**
 * Callers whom another provider vouches for in every request, without a session. The first call creates the user. What is
 * believed is decided before: here a login is taken for granted. They are customers, whoever they are: staff has rights only
 * in a session that began with a password.
 */
import { LRUCache } from 'lru-cache';
import { type Clock, DAY_MS, SECOND_MS } from '../../kernel/clock.ts';
import type { Tx } from '../../kernel/db/index.ts';
import { type Db, statement } from '../../kernel/db/index.ts';
import { AppError, unauthenticated } from '../../kernel/errors.ts';
import type { Caller } from '../../kernel/http/index.ts';
import type { LinkedLogin, LinkedUser } from './linked-accounts.ts';

const REMEMBERED_MS = 30 * SECOND_MS;
const MAX_REMEMBERED = 10_000;
/** How old the time of the last login may become before a call renews it. */
const LOGIN_NOTED_EVERY_MS = DAY_MS;

interface AccountRow {
  user_id: string;
  status: string;
  unionid: string | null;
  last_login_at: number | null;
}

const userOfAccount = statement<{ provider: string; appid: string; openid: string }, AccountRow>((query, p) =>
  query
    .selectFrom('linked_accounts')
    .innerJoin('users', 'users.id', 'linked_accounts.user_id')
    .select(['linked_accounts.user_id', 'linked_accounts.unionid', 'users.status', 'users.last_login_at'])
    .where('linked_accounts.provider', '=', p.provider)
    .where('linked_accounts.appid', '=', p.appid)
    .where('linked_accounts.openid', '=', p.openid),
);

interface Remembered {
  readonly userId: string;
  /** Epoch milliseconds. */
  readonly until: number;
}

export interface LinkedCallers {
  /** The caller of such a login. Throws `unauthenticated` (401) for an account that is not active. */
  authenticate(login: LinkedLogin): Promise<Caller>;
  /** As `Callers.forget`. */
  forget(userId: string): void;
}

export interface LinkedCallersDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly findOrCreate: (tx: Tx, login: LinkedLogin) => Promise<LinkedUser>;
}

/** Remembers whom an account belongs to for 30 seconds, as a session is remembered. */
export function createLinkedCallers({ db, clock, findOrCreate }: LinkedCallersDeps): LinkedCallers {
  const remembered = new LRUCache<string, Remembered>({ max: MAX_REMEMBERED });

  /** Whether there is anything to write down: the account, its unionid, or that it was used again. */
  function isNews(account: AccountRow | undefined, { unionid }: LinkedLogin): boolean {
    return (
      account === undefined ||
      (unionid !== undefined && account.unionid === null) ||
      (account.last_login_at ?? 0) <= clock.now() - LOGIN_NOTED_EVERY_MS
    );
  }

  function noteLogin(login: LinkedLogin): Promise<string> {
    return db.tx('user.vouched_login', async (tx) => {
      const { userId } = await findOrCreate(tx, login);
      await tx.query.updateTable('users').set({ last_login_at: tx.now }).where('id', '=', userId).execute();
      return userId;
    });
  }

  async function load(login: LinkedLogin): Promise<string> {
    const account = await userOfAccount.first(db, login);
    if (account !== undefined && account.status !== 'active') {
      throw new AppError(unauthenticated);
    }
    const userId = isNews(account, login) ? await noteLogin(login) : (account as AccountRow).user_id;
    if (account === undefined) {
      // By its unionid it may have turned out to be somebody who was known, and who may not come in.
      const now = await userOfAccount.first(db, login);
      if (now?.status !== 'active') {
        throw new AppError(unauthenticated);
      }
    }
    return userId;
  }

  return {
    async authenticate(login) {
      const { provider, appid, openid, unionid = '' } = login;
      const key = [provider, appid, openid, unionid].join(' ');
      const known = remembered.get(key);
      const isKnown = known !== undefined && known.until > clock.now();
      const userId = isKnown ? known.userId : await load(login);
      if (!isKnown) {
        remembered.set(key, { userId, until: clock.now() + REMEMBERED_MS });
      }
      return { userId, kind: 'customer', roles: [], permissions: [] };
    },
    forget(userId) {
      for (const [key, caller] of remembered.entries()) {
        if (caller.userId === userId) {
          remembered.delete(key);
        }
      }
    },
  };
}
