import { type Clock, SECOND_MS } from '../../kernel/clock.ts';
import { type BearerTokens, createBearerTokens, type Outbound } from '../../kernel/outbound/index.ts';
import type { UnitelSettings } from './config.ts';

/** A token lives about two minutes, and nobody promises that. */
const KEPT_MS = 90 * SECOND_MS;

export interface TokensDeps {
  readonly settings: UnitelSettings;
  readonly outbound: Outbound;
  readonly clock: Clock;
  readonly timeoutMs: number;
}

/** The bearer tokens of the account. A delivery's is fetched before the delivery is claimed. */
export function createTokens({ settings, outbound, clock, timeoutMs }: TokensDeps): BearerTokens {
  const credentials = Buffer.from(`${settings.username}:${settings.password}`).toString('base64');
  return createBearerTokens({
    ...{ clock, outbound },
    request: {
      provider: 'unitel',
      operation: 'auth',
      method: 'POST',
      url: `${settings.baseUrl}/auth`,
      headers: { accept: 'application/json', authorization: `Basic ${credentials}` },
      timeoutMs,
      isSafeToRepeat: true,
    },
    keptMs: (lifeMs) => Math.min(KEPT_MS, lifeMs * 0.75),
  });
}
