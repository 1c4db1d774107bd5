/**
 * What the SDK sends goes out through the kernel's one client, so that it has its time-outs, its rows of provider calls and
 * its refusal inside a transaction. The SDK hands over an address and a form and nothing else; what the call is about stands
 * in an async context around it.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Stripe } from 'stripe';
import type { Outbound } from '../../kernel/outbound/index.ts';
import type { CheckedSettings } from './config.ts';

/** The version whose shapes are read here; Stripe keeps answering in it, whatever the account's default is. */
export const API_VERSION = '2026-10-28.endive';

/** Fields that the stored record of a call masks beyond the usual ones. */
const PERSONAL_FIELDS = [
  'billing_details',
  'customer_details',
  'customer_email',
  'receipt_email',
  'receipt_url',
];

export interface StripeCall {
  /** For logs, metrics and crash points, such as `create_intent`. */
  readonly operation: string;
  /** The row of ours that the call is about. */
  readonly subject?: string;
  readonly timeoutMs?: number;
  /** Whether asking twice does no more than asking once. */
  readonly isSafeToRepeat: boolean;
}

export interface Transport {
  /** Lets the SDK make exactly one call. What the outbound client threw is thrown as it was, not as the SDK words it. */
  run<T>(call: StripeCall, ask: (sdk: Stripe) => Promise<T>): Promise<Answered<T>>;
}

export interface Answered<T> {
  readonly body: T;
  /** The answer that was given to an earlier request under the same key, as things stood then. */
  readonly isReplayed: boolean;
}

interface Exchange {
  readonly call: StripeCall;
  isReplayed: boolean;
  failure?: unknown;
}

export function createTransport({
  settings,
  outbound,
}: {
  readonly settings: CheckedSettings;
  readonly outbound: Outbound;
}): Transport {
  const exchanges = new AsyncLocalStorage<Exchange>();

  async function send(url: string, init: RequestInit): Promise<Response> {
    const exchange = exchanges.getStore();
    if (!exchange) {
      throw new Error('the SDK of Stripe was used without saying what for');
    }
    try {
      const answer = await outbound.call({
        ...exchange.call,
        provider: 'stripe',
        method: init.method === 'POST' ? 'POST' : 'GET',
        url,
        headers: Object.fromEntries(new Headers(init.headers)),
        ...(typeof init.body === 'string' && init.method === 'POST' ? { body: init.body } : {}),
        redact: PERSONAL_FIELDS,
      });
      exchange.isReplayed = answer.headers['idempotent-replayed'] === 'true';
      return new Response(new Uint8Array(answer.body), { status: answer.status, headers: answer.headers });
    } catch (failure) {
      exchange.failure = failure;
      throw failure;
    }
  }

  let sdk: Promise<Stripe> | undefined;
  // With the first call: a shop that sells through Stripe now and then does not carry the SDK for good.
  const open = () => {
    sdk ??= openSdk(settings, send);
    return sdk;
  };

  return {
    async run(call, ask) {
      const exchange: Exchange = { call, isReplayed: false };
      const opened = await open();
      try {
        const body = await exchanges.run(exchange, () => ask(opened));
        return { body, isReplayed: exchange.isReplayed };
      } catch (error) {
        throw exchange.failure ?? error;
      }
    },
  };
}

async function openSdk(
  settings: CheckedSettings,
  send: (url: string, init: RequestInit) => Promise<Response>,
): Promise<Stripe> {
  const { Stripe } = await import('stripe');
  const { protocol, hostname, port } = new URL(settings.baseUrl);
  return new Stripe(settings.secretKey, {
    apiVersion: API_VERSION,
    httpClient: Stripe.createFetchHttpClient((url: unknown, init: unknown) => send(String(url), init ?? {})),
    host: hostname,
    port: Number(port) || (protocol === 'http:' ? 80 : 443),
    protocol: protocol === 'http:' ? 'http' : 'https',
    maxNetworkRetries: 0,
    telemetry: false,
  });
}
