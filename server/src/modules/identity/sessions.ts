/**
 * Sessions. A refresh token is used once: using it gives the next one of its family. Whoever copies one and uses it
 * later than its owner (or the owner later than the thief) shows that there are two holders, and the whole family ends.
 * Two tabs that refresh at the same moment are no theft: within ten seconds the same token gives the same successor.
 *
 * Crash story: the old token is marked and its successor stored in one transaction. If the answer is lost, the client
 * repeats within ten seconds and gets the same successor; later it has to log in again.
 */
import { randomBytes } from 'node:crypto';
import { SECOND_MS } from '../../kernel/clock.ts';
import { createSealer, sha256Hex } from '../../kernel/crypto.ts';
import type { Tx } from '../../kernel/db/index.ts';
import { AppError } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import { raiseAlert } from '../alerts/index.ts';
import { accountNotActive, invalidRefreshToken } from './errors.ts';
import type { LoginMethod, RevocationReason, SessionRow, UserRow } from './tables.ts';

const REUSE_GRACE_MS = 10 * SECOND_MS;
const TOKEN_BYTES = 32;
const MAX_USER_AGENT = 300;

/** How a session begins, and how long its refresh tokens live. */
export interface Beginning {
  readonly method: LoginMethod;
  readonly refreshMs: number;
}

/** Where a login comes from. */
export interface Origin {
  readonly ip: string;
  readonly userAgent: string | undefined;
}

export interface StartedSession {
  readonly user: UserRow;
  readonly sessionId: string;
  readonly refreshToken: string;
}

function newToken(): string {
  return `rft_${randomBytes(TOKEN_BYTES).toString('base64url')}`;
}

const sealerOf = (token: string) => createSealer(token, 'refresh-successor');

async function insertToken(tx: Tx, token: string, sessionId: string): Promise<void> {
  await tx.query
    .insertInto('refresh_tokens')
    .values({
      id: sha256Hex(token),
      session_id: sessionId,
      issued_at: tx.now,
      used_at: null,
      successor: null,
    })
    .execute();
}

/**
 * Begins a session of the user, whose row the caller has locked in this transaction, and notes the login. Throws
 * `account_not_active` (403).
 */
export async function beginSession(
  tx: Tx,
  user: UserRow,
  origin: Origin,
  { method, refreshMs }: Beginning,
): Promise<StartedSession> {
  if (user.status !== 'active') {
    throw new AppError(accountNotActive);
  }
  const row: SessionRow = {
    id: newId('ses'),
    user_id: user.id,
    method,
    user_agent: origin.userAgent?.slice(0, MAX_USER_AGENT) ?? null,
    ip: origin.ip,
    created_at: tx.now,
    last_used_at: tx.now,
    expires_at: tx.now + refreshMs,
    revoked_at: null,
    revoked_reason: null,
  };
  const refreshToken = newToken();
  await tx.query.updateTable('users').set({ last_login_at: tx.now }).where('id', '=', user.id).execute();
  await tx.query.insertInto('sessions').values(row).execute();
  await insertToken(tx, refreshToken, row.id);
  return { user: { ...user, last_login_at: tx.now }, sessionId: row.id, refreshToken };
}

/** `reused` says that the family was ended: the caller must let the transaction commit, and refuse afterwards. */
export type Rotation =
  | ({ readonly kind: 'rotated' } & StartedSession)
  | { readonly kind: 'reused'; readonly userId: string };

/** The session of a refresh token, locked, so that of any number of uses at once each sees the one before it. */
async function lockSession(tx: Tx, tokenId: string): Promise<SessionRow> {
  const found = await tx.query
    .selectFrom('refresh_tokens')
    .select('session_id')
    .where('id', '=', tokenId)
    .executeTakeFirst();
  const session = found && (await tx.lock('sessions', found.session_id));
  if (session === undefined || session.revoked_at !== null || session.expires_at <= tx.now) {
    throw new AppError(invalidRefreshToken);
  }
  return session;
}

async function revokeForReuse(tx: Tx, session: SessionRow): Promise<Rotation> {
  await revokeSession(tx, session.id, 'token_reused');
  await raiseAlert(tx, {
    kind: 'refresh_token_reused',
    subject: session.user_id,
    severity: 'warning',
    details: { sessionId: session.id, ip: session.ip, userAgent: session.user_agent },
  });
  return { kind: 'reused', userId: session.user_id };
}

/** Exchanges a refresh token for the next one. Throws `invalid_refresh_token` (401) and `account_not_active` (403). */
export async function rotateToken(tx: Tx, token: string, refreshMs: number): Promise<Rotation> {
  const tokenId = sha256Hex(token);
  const session = await lockSession(tx, tokenId);
  const stored = await tx.query
    .selectFrom('refresh_tokens')
    .selectAll()
    .where('id', '=', tokenId)
    .executeTakeFirstOrThrow();
  const user = await tx.query
    .selectFrom('users')
    .selectAll()
    .where('id', '=', session.user_id)
    .executeTakeFirstOrThrow();
  if (user.status !== 'active') {
    throw new AppError(accountNotActive);
  }
  if (stored.used_at !== null && stored.successor !== null) {
    if (tx.now - stored.used_at > REUSE_GRACE_MS) {
      return revokeForReuse(tx, session);
    }
    const refreshToken = sealerOf(token).open(stored.successor, tokenId);
    return { kind: 'rotated', user, sessionId: session.id, refreshToken };
  }
  const refreshToken = newToken();
  await tx.query
    .updateTable('refresh_tokens')
    .set({ used_at: tx.now, successor: sealerOf(token).seal(refreshToken, tokenId) })
    .where('id', '=', tokenId)
    .execute();
  await insertToken(tx, refreshToken, session.id);
  await tx.query
    .updateTable('sessions')
    .set({ last_used_at: tx.now, expires_at: tx.now + refreshMs })
    .where('id', '=', session.id)
    .execute();
  return { kind: 'rotated', user, sessionId: session.id, refreshToken };
}

/** Ends one session; ending it twice changes nothing. */
export async function revokeSession(tx: Tx, sessionId: string, reason: RevocationReason): Promise<void> {
  await tx.query
    .updateTable('sessions')
    .set({ revoked_at: tx.now, revoked_reason: reason })
    .where('id', '=', sessionId)
    .where('revoked_at', 'is', null)
    .execute();
}

/** Ends every session of the user but the one to keep, if one is named. */
export async function revokeSessionsOf(
  tx: Tx,
  userId: string,
  reason: RevocationReason,
  options: { readonly keep?: string } = {},
): Promise<void> {
  await tx.query
    .updateTable('sessions')
    .set({ revoked_at: tx.now, revoked_reason: reason })
    .where('user_id', '=', userId)
    .where('revoked_at', 'is', null)
    .where('id', '!=', options.keep ?? '')
    .execute();
}

/** The session that a refresh token belongs to, ended or not. */
export async function findSessionOf(tx: Tx, token: string): Promise<SessionRow | undefined> {
  return tx.query
    .selectFrom('refresh_tokens')
    .innerJoin('sessions', 'sessions.id', 'refresh_tokens.session_id')
    .selectAll('sessions')
    .where('refresh_tokens.id', '=', sha256Hex(token))
    .executeTakeFirst();
}
