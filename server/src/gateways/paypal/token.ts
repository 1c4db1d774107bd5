import { type Clock, MINUTE_MS } from '../../kernel/clock.ts';
import { type BearerTokens, createBearerTokens, type Outbound } from '../../kernel/outbound/index.ts';
import type { CheckedSettings } from './config.ts';

const RENEW_BEFORE_MS = 5 * MINUTE_MS;

export interface TokensDeps {
  readonly settings: CheckedSettings;
  readonly outbound: Outbound;
  readonly clock: Clock;
}

/** The bearer tokens of the API. */
export function createTokens({ settings, outbound, clock }: TokensDeps): BearerTokens {
  const credentials = Buffer.from(`${settings.clientId}:${settings.clientSecret}`).toString('base64');
  return createBearerTokens({
    ...{ clock, outbound },
    request: {
      provider: 'paypal',
      operation: 'token',
      method: 'POST',
      url: `${settings.baseUrl}/v1/oauth2/token`,
      headers: {
        accept: 'application/json',
        authorization: `Basic ${credentials}`,
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: 'grant_type=client_credentials',
      isSafeToRepeat: true,
    },
    keptMs: (lifeMs) => lifeMs - Math.min(RENEW_BEFORE_MS, lifeMs / 10),
  });
}
