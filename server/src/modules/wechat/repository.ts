/** The shared access tokens; all SQL of this module. */
import type { Sealer } from '../../kernel/crypto.ts';
import { type Reader, statement, type Tx } from '../../kernel/db/index.ts';
import './tables.ts';

export interface AccessToken {
  readonly value: string;
  readonly expiresAt: number;
  readonly fetchedAt: number;
}

interface TokenRow {
  sealed_token: string | null;
  expires_at: number;
  fetched_at: number;
}

const byApp = statement<{ id: string }, TokenRow>((query, p) =>
  query
    .selectFrom('wechat_access_tokens')
    .select(['sealed_token', 'expires_at', 'fetched_at'])
    .where('id', '=', p.id),
);

const contextOf = (appid: string) => `wechat_access_tokens:${appid}`;

/** `undefined` when there is none. Throws when it was sealed with another secret. */
export async function readToken(db: Reader, sealer: Sealer, appid: string): Promise<AccessToken | undefined> {
  const row = await byApp.first(db, { id: appid });
  return row?.sealed_token == null
    ? undefined
    : {
        value: sealer.open(row.sealed_token, contextOf(appid)),
        expiresAt: row.expires_at,
        fetchedAt: row.fetched_at,
      };
}

/** Takes the right to ask WeChat, unless another process holds it. A lease that ends by itself outlives no dead process. */
export async function takeLease(tx: Tx, appid: string, leaseMs: number): Promise<boolean> {
  const leaseUntil = tx.now + leaseMs;
  const taken = await tx.query
    .updateTable('wechat_access_tokens')
    .set({ lease_until: leaseUntil })
    .where('id', '=', appid)
    .where('lease_until', '<=', tx.now)
    .executeTakeFirst();
  if (taken.numUpdatedRows > 0n) {
    return true;
  }
  return tx.insertOnce('wechat_access_tokens', {
    id: appid,
    sealed_token: null,
    expires_at: 0,
    fetched_at: 0,
    lease_until: leaseUntil,
  });
}

/** Keeps a token and ends the lease. A slow answer never replaces that of a later question. */
export async function saveToken(tx: Tx, sealer: Sealer, appid: string, token: AccessToken): Promise<void> {
  await tx.query
    .updateTable('wechat_access_tokens')
    .set({
      sealed_token: sealer.seal(token.value, contextOf(appid)),
      expires_at: token.expiresAt,
      fetched_at: token.fetchedAt,
      lease_until: 0,
    })
    .where('id', '=', appid)
    .where('fetched_at', '<=', token.fetchedAt)
    .execute();
}

export async function endLease(tx: Tx, appid: string): Promise<void> {
  await tx.query
    .updateTable('wechat_access_tokens')
    .set({ lease_until: 0 })
    .where('id', '=', appid)
    .execute();
}
