/**
 * One access token for each app, shared by all processes. Inside a process askers share one flight; between processes a
 * lease lets one of them ask while the others wait for its row. Losing the lease does no harm: asked in the normal mode,
 * WeChat gives everybody the same token, so the lease only saves calls. A token is never renewed by force, because that
 * kills the one that every other process is using.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../../kernel/clock.ts';
import { SECOND_MS } from '../../kernel/clock.ts';
import type { Sealer } from '../../kernel/crypto.ts';
import { assertNoTransaction, type Db } from '../../kernel/db/index.ts';
import type { Logger } from '../../kernel/log/index.ts';
import { unavailable } from './error-codes.ts';
import { type AccessToken, endLease, readToken, saveToken, takeLease } from './repository.ts';

/** In its last five minutes a token has a successor, and both are good. */
const RENEW_BEFORE_END_MS = 270 * SECOND_MS;
/** However short a token lives, it is not asked for more often than this. */
const MINIMUM_USE_MS = 30 * SECOND_MS;
const LEASE_MS = 15 * SECOND_MS;
const POLL_MS = 100;
const MAX_POLLS = 50;

export interface AccessTokens {
  /** The app's token; with `rejected`, one that is not that. Throws `provider_unavailable` when WeChat gives none. */
  get(appid: string, rejected?: string): Promise<AccessToken>;
}

export interface AccessTokensDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly sealer: Sealer;
  readonly log: Logger;
  /** Asks WeChat for the app's token, never by force. */
  readonly fetchToken: (appid: string) => Promise<{ readonly value: string; readonly lifeMs: number }>;
}

function renewAt({ expiresAt, fetchedAt }: AccessToken): number {
  return Math.min(expiresAt, Math.max(expiresAt - RENEW_BEFORE_END_MS, fetchedAt + MINIMUM_USE_MS));
}

export function createAccessTokens({ db, clock, sealer, log, fetchToken }: AccessTokensDeps): AccessTokens {
  const held = new Map<string, AccessToken>();
  const flights = new Map<string, Promise<AccessToken>>();

  function isGood(token: AccessToken | undefined, rejected: string | undefined): token is AccessToken {
    return token !== undefined && token.value !== rejected && clock.now() < renewAt(token);
  }

  async function readShared(appid: string): Promise<AccessToken | undefined> {
    try {
      return await readToken(db, sealer, appid);
    } catch (error) {
      log.warn({ err: error, appid }, 'the stored access token can not be opened and is fetched anew');
      return undefined;
    }
  }

  async function fetchAndShare(appid: string): Promise<AccessToken> {
    const fetchedAt = clock.now();
    const { value, lifeMs } = await fetchToken(appid);
    const token = { value, fetchedAt, expiresAt: fetchedAt + lifeMs };
    await db.tx('wechat_token.save', (tx) => saveToken(tx, sealer, appid, token));
    return token;
  }

  async function fetchUnderLease(appid: string, rejected: string | undefined): Promise<AccessToken> {
    try {
      // The holder before us may have shared a token after we looked.
      const shared = await readShared(appid);
      if (isGood(shared, rejected)) {
        await db.tx('wechat_token.end_lease', (tx) => endLease(tx, appid));
        return shared;
      }
      return await fetchAndShare(appid);
    } catch (error) {
      await db.tx('wechat_token.end_lease', (tx) => endLease(tx, appid));
      throw error;
    }
  }

  async function obtain(appid: string, rejected: string | undefined): Promise<AccessToken> {
    for (let poll = 0; poll < MAX_POLLS; poll += 1) {
      const shared = await readShared(appid);
      if (isGood(shared, rejected)) {
        return shared;
      }
      if (await db.tx('wechat_token.lease', (tx) => takeLease(tx, appid, LEASE_MS))) {
        return fetchUnderLease(appid, rejected);
      }
      await sleep(POLL_MS);
    }
    return fetchAndShare(appid);
  }

  async function fly(appid: string, rejected: string | undefined): Promise<AccessToken> {
    const token = await obtain(appid, rejected);
    if (token.value === rejected) {
      log.error({ appid }, 'WeChat gives out an access token that it does not accept');
      throw unavailable();
    }
    held.set(appid, token);
    return token;
  }

  return {
    async get(appid, rejected) {
      const mine = held.get(appid);
      if (isGood(mine, rejected)) {
        return mine;
      }
      assertNoTransaction('fetching an access token of WeChat');
      const name = `${appid} ${rejected ?? ''}`;
      let flight = flights.get(name);
      if (!flight) {
        flight = fly(appid, rejected).finally(() => flights.delete(name));
        flights.set(name, flight);
      }
      return flight;
    },
  };
}
