/** The bearer token of the API: kept until shortly before it ends, fetched once for all who wait for it. */
import { z } from 'zod';
import type { Clock } from '../../kernel/clock.ts';
import { MINUTE_MS, SECOND_MS } from '../../kernel/clock.ts';
import type { Outbound } from '../../kernel/outbound/index.ts';
import { OutboundError } from '../../kernel/outbound/index.ts';
import type { CheckedSettings } from './config.ts';

const RENEW_BEFORE_MS = 5 * MINUTE_MS;

const tokenSchema = z.object({ access_token: z.string().min(1), expires_in: z.int().min(1) });

/** There is no token, so nothing that needs one was sent. */
export class NoToken extends Error {
  readonly code: string;

  constructor(code: string) {
    super(`PayPal gave no token: ${code}`);
    this.name = 'NoToken';
    this.code = code;
  }
}

export interface Tokens {
  /** A token that is good for a while; throws {@link NoToken}. */
  current(): Promise<string>;
  /** Another one than `refused`, which PayPal did not accept. */
  renew(refused: string): Promise<string>;
}

export interface TokensDeps {
  readonly settings: CheckedSettings;
  readonly outbound: Outbound;
  readonly clock: Clock;
}

export function createTokens({ settings, outbound, clock }: TokensDeps): Tokens {
  const credentials = Buffer.from(`${settings.clientId}:${settings.clientSecret}`).toString('base64');
  let held: { readonly token: string; readonly renewAt: number } | undefined;
  let fetching: Promise<string> | undefined;

  async function ask(): Promise<string> {
    const { status, body } = await outbound.call({
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
    });
    if (status !== 200) {
      throw new NoToken(status === 401 ? 'invalid_client' : `http_${status}`);
    }
    const { data } = tokenSchema.safeParse(parse(body));
    if (!data) {
      throw new NoToken('malformed_answer');
    }
    const lifeMs = data.expires_in * SECOND_MS;
    const renewAt = clock.now() + lifeMs - Math.min(RENEW_BEFORE_MS, lifeMs / 10);
    held = { token: data.access_token, renewAt };
    return data.access_token;
  }

  async function askOrExplain(): Promise<string> {
    try {
      return await ask();
    } catch (error) {
      throw error instanceof OutboundError ? new NoToken(error.reason) : error;
    }
  }

  function fetchToken(): Promise<string> {
    fetching ??= askOrExplain().finally(() => {
      fetching = undefined;
    });
    return fetching;
  }

  return {
    current: async () => (held && clock.now() < held.renewAt ? held.token : fetchToken()),
    async renew(refused) {
      // Of many calls that were refused at once, the first one fetches; the others find its token.
      if (held?.token === refused) {
        held = undefined;
      }
      return held?.token ?? fetchToken();
    },
  };
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
