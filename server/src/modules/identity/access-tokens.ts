import { webcrypto } from 'node:crypto';
// Its index loads encryption and keys of every kind, which nothing here needs.
import * as errors from 'jose/errors';
import { SignJWT } from 'jose/jwt/sign';
import { jwtVerify } from 'jose/jwt/verify';
import type { Clock } from '../../kernel/clock.ts';

const ALGORITHM = 'HS256';
const ISSUER = 'suanpan';
const AUDIENCE = 'suanpan-api';
/** The type that keeps an access token apart from any other JWT under the same secret (RFC 9068). */
const TYPE = 'at+jwt';

/** What an access token says: nothing but whose session it is. Roles and status are read where it is used. */
export interface AccessClaims {
  readonly userId: string;
  readonly sessionId: string;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

export interface AccessTokens {
  sign(userId: string, sessionId: string): Promise<string>;
  /** `null` for anything but a valid token of ours. */
  verify(token: string): Promise<AccessClaims | null>;
}

/** Access tokens, valid for `lifetimeMs`. The key is imported once and the algorithm is pinned (RULES 32). */
export function createAccessTokens(deps: {
  readonly secret: string;
  readonly lifetimeMs: number;
  readonly clock: Clock;
}): AccessTokens {
  const { secret, lifetimeMs, clock } = deps;
  let imported: Promise<webcrypto.CryptoKey> | undefined;

  function key(): Promise<webcrypto.CryptoKey> {
    const hmac = { name: 'HMAC', hash: 'SHA-256' };
    imported ??= webcrypto.subtle.importKey('raw', Buffer.from(secret), hmac, false, ['sign', 'verify']);
    return imported;
  }

  return {
    async sign(userId, sessionId) {
      const now = clock.now();
      return new SignJWT({ sid: sessionId })
        .setProtectedHeader({ alg: ALGORITHM, typ: TYPE })
        .setSubject(userId)
        .setIssuer(ISSUER)
        .setAudience(AUDIENCE)
        .setIssuedAt(Math.floor(now / 1_000))
        .setExpirationTime(Math.floor((now + lifetimeMs) / 1_000))
        .sign(await key());
    },
    async verify(token) {
      const options = {
        algorithms: [ALGORITHM],
        typ: TYPE,
        issuer: ISSUER,
        audience: AUDIENCE,
        requiredClaims: ['sub', 'sid', 'exp'],
        currentDate: new Date(clock.now()),
      };
      try {
        const { payload } = await jwtVerify<{ sid: string }>(token, await key(), options);
        const { sub, sid, exp } = payload;
        return { userId: sub as string, sessionId: sid, expiresAt: (exp as number) * 1_000 };
      } catch (error) {
        if (error instanceof errors.JOSEError) {
          return null;
        }
        throw error;
      }
    },
  };
}
