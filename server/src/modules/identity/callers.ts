import { LRUCache } from 'lru-cache';
import { type Clock, SECOND_MS } from '../../kernel/clock.ts';
import { type Db, statement } from '../../kernel/db/index.ts';
import { AppError, unauthenticated } from '../../kernel/errors.ts';
import type { Authenticate, Caller } from '../../kernel/http/index.ts';
import type { AccessTokens } from './access-tokens.ts';
import type { LoginMethod } from './tables.ts';

const REMEMBERED_MS = 30 * SECOND_MS;
const MAX_REMEMBERED = 10_000;

interface RememberedCaller {
  readonly caller: Caller;
  readonly sessionId: string;
  /** Epoch milliseconds. */
  readonly until: number;
}

interface CallerRow {
  user_id: string;
  kind: Caller['kind'];
  method: LoginMethod;
  status: string;
  revoked_at: number | null;
  role_name: string | null;
  permissions: string | null;
}

/** One row for each role of the session's user. */
const callerOfSession = statement<{ sessionId: string }, CallerRow>((query, p) =>
  query
    .selectFrom('sessions')
    .innerJoin('users', 'users.id', 'sessions.user_id')
    .leftJoin('user_roles', 'user_roles.user_id', 'users.id')
    .leftJoin('roles', 'roles.name', 'user_roles.role_name')
    .select([
      'sessions.user_id',
      'sessions.revoked_at',
      'sessions.method',
      'users.kind',
      'users.status',
      'user_roles.role_name',
      'roles.permissions',
    ])
    .where('sessions.id', '=', p.sessionId),
);

/** The roles and permissions in rows of the same user. */
export function gatherRoles(
  rows: readonly { readonly role_name: string | null; readonly permissions: string | null }[],
): { readonly roles: readonly string[]; readonly permissions: readonly string[] } {
  const roles = rows.flatMap(({ role_name }) => role_name ?? []);
  const permissions = rows.flatMap(({ permissions: list }) => JSON.parse(list ?? '[]') as string[]);
  return { roles: roles.sort(), permissions: [...new Set(permissions)].sort() };
}

export interface Callers {
  readonly authenticate: Authenticate;
  /** The session that the request's access token belongs to. Throws `unauthenticated` (401). */
  sessionOf(authorization: string | undefined): Promise<string>;
  /** To be called after whatever ends a user's sessions or changes the permissions: this process then asks anew. */
  forget(userId: string): void;
}

/**
 * Who calls. A token is verified and its session, status and roles are read once in 30 seconds at most, so a logout, a
 * suspension or a changed role takes effect at once on the node where it happened and within 30 seconds on the others.
 * Staff has rights only in a session that began with a password: in one of a linked account, which somebody else vouches
 * for, they are a customer.
 */
export function createCallers(deps: {
  readonly db: Db;
  readonly clock: Clock;
  readonly tokens: AccessTokens;
}): Callers {
  const { db, clock, tokens } = deps;
  const remembered = new LRUCache<string, RememberedCaller>({ max: MAX_REMEMBERED });

  async function load(token: string): Promise<RememberedCaller | undefined> {
    const claims = await tokens.verify(token);
    if (claims === null) {
      return undefined;
    }
    const rows = await callerOfSession.all(db, { sessionId: claims.sessionId });
    const [row] = rows;
    if (row === undefined || row.user_id !== claims.userId) {
      return undefined;
    }
    if (row.revoked_at !== null || row.status !== 'active') {
      return undefined;
    }
    const isVouchedFor = row.kind === 'staff' && row.method !== 'password';
    const caller: Caller = isVouchedFor
      ? { userId: row.user_id, kind: 'customer', roles: [], permissions: [] }
      : { userId: row.user_id, kind: row.kind, ...gatherRoles(rows) };
    const until = Math.min(claims.expiresAt, clock.now() + REMEMBERED_MS);
    return { caller, sessionId: claims.sessionId, until };
  }

  async function resolve(authorization: string): Promise<RememberedCaller> {
    const token = /^Bearer ([\w.-]+)$/i.exec(authorization)?.[1];
    if (token === undefined) {
      throw new AppError(unauthenticated);
    }
    const known = remembered.get(token);
    if (known !== undefined && known.until > clock.now()) {
      return known;
    }
    const loaded = await load(token);
    if (loaded === undefined) {
      remembered.delete(token);
      throw new AppError(unauthenticated);
    }
    remembered.set(token, loaded);
    return loaded;
  }

  return {
    async authenticate({ authorization }) {
      return typeof authorization === 'string' ? (await resolve(authorization)).caller : null;
    },
    async sessionOf(authorization) {
      return (await resolve(authorization ?? '')).sessionId;
    },
    forget(userId) {
      for (const [token, { caller }] of remembered.entries()) {
        if (caller.userId === userId) {
          remembered.delete(token);
        }
      }
    },
  };
}
