/**
 * Tokens that a provider lends for a while (`{access_token, expires_in}`, as OAuth 2 has it): one is kept until shortly
 * before it ends, and fetched once for all who wait for it.
 */
import { z } from 'zod';
import { type Clock, SECOND_MS } from '../clock.ts';
import { type Outbound, OutboundError, type OutboundRequest } from './types.ts';

const answerSchema = z.object({ access_token: z.string().min(1), expires_in: z.coerce.number().positive() });

/** There is no token, so nothing that needs one was sent. */
export class NoToken extends Error {
  /** What the provider or the network made of the question, such as `unauthorised`, `http_503` or `timeout`. */
  readonly code: string;

  constructor(provider: string, code: string) {
    super(`${provider} gave no token: ${code}`);
    this.name = 'NoToken';
    this.code = code;
  }
}

/** The tokens of one account; its functions throw {@link NoToken}. */
export interface BearerTokens {
  /** A token that is good for a while. */
  current(): Promise<string>;
  /** Another one than `refused`, which the provider did not accept. */
  renew(refused: string): Promise<string>;
}

export interface BearerTokensDeps {
  readonly clock: Clock;
  readonly outbound: Pick<Outbound, 'call'>;
  /** How one is asked for. */
  readonly request: OutboundRequest;
  /** How much of a token's life it is used (ms); the rest is for the calls that are under way with it. */
  readonly keptMs: (lifeMs: number) => number;
}

/** The tokens of one account, kept in this process. */
export function createBearerTokens(deps: BearerTokensDeps): BearerTokens {
  const { clock, outbound, request, keptMs } = deps;
  let held: { readonly token: string; readonly renewAt: number } | undefined;
  let fetching: Promise<string> | undefined;

  async function ask(): Promise<string> {
    const askedAt = clock.now();
    const { status, body } = await outbound.call(request);
    if (status !== 200) {
      throw new NoToken(request.provider, status === 401 ? 'unauthorised' : `http_${status}`);
    }
    const { data } = answerSchema.safeParse(parse(body));
    if (!data) {
      throw new NoToken(request.provider, 'malformed_answer');
    }
    held = { token: data.access_token, renewAt: askedAt + keptMs(data.expires_in * SECOND_MS) };
    return data.access_token;
  }

  async function askOrExplain(): Promise<string> {
    try {
      return await ask();
    } catch (error) {
      throw error instanceof OutboundError ? new NoToken(request.provider, error.reason) : error;
    }
  }

  function fetchOnce(): Promise<string> {
    fetching ??= askOrExplain().finally(() => {
      fetching = undefined;
    });
    return fetching;
  }

  return {
    current: async () => (held && clock.now() < held.renewAt ? held.token : fetchOnce()),
    async renew(refused) {
      // Of many calls that were refused at once, the first one fetches; the others find its token.
      if (held?.token === refused) {
        held = undefined;
      }
      return held?.token ?? fetchOnce();
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
