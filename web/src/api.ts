/** The one way to the server: envelope, language, session, and one refresh of an access token that has expired. */
import i18next from 'i18next';
import { consoleSession, type Session, type SessionStore, shopSession, type Tokens } from './session.ts';

export interface FieldError {
  readonly field: string;
  readonly message: string;
  readonly code: string;
}

interface Envelope {
  readonly message: string;
  readonly data: unknown;
  readonly timestamp: string;
  readonly error?: string;
  readonly errors?: readonly FieldError[];
  readonly details?: Readonly<Record<string, unknown>>;
  readonly requestId?: string;
}

/** A refusal in the words of the server, which speaks the page's language; or `network` when there was no answer. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly fields: readonly FieldError[];
  readonly details: Readonly<Record<string, unknown>>;
  readonly requestId: string | undefined;

  constructor(status: number, code: string, envelope: Partial<Envelope>) {
    super(envelope.message ?? code);
    this.name = 'ApiError';
    this.status = status;
    this.code = code;
    this.fields = envelope.errors ?? [];
    this.details = envelope.details ?? {};
    this.requestId = envelope.requestId;
  }
}

/** Whether trying the same again may help: no answer, or a failure on the server's side. */
export function isPassing(error: unknown): boolean {
  return error instanceof ApiError && (error.status === 0 || error.status >= 500);
}

export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

interface SendOptions {
  readonly body?: unknown;
  /** A file instead of a JSON body, sent with its own type. */
  readonly file?: Blob;
  readonly query?: Query;
  readonly idempotencyKey?: string;
}

export interface Api {
  get<T>(path: string, query?: Query): Promise<T>;
  send<T>(method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, options?: SendOptions): Promise<T>;
  /** The server's clock minus this device's, in milliseconds, as of the last answer. */
  clockOffsetMs(): number;
}

function toUrl(path: string, query: Query = {}): string {
  const given = Object.entries(query).flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [[name, String(value)]],
  );
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given).toString()}`;
}

function toInit(method: string, session: Session | undefined, options: SendOptions): RequestInit {
  const { body, file, idempotencyKey } = options;
  const headers = new Headers({ accept: 'application/json', 'accept-language': i18next.language });
  if (session !== undefined) {
    headers.set('authorization', `Bearer ${session.tokens.accessToken}`);
  }
  if (idempotencyKey !== undefined) {
    headers.set('idempotency-key', idempotencyKey);
  }
  if (file !== undefined) {
    headers.set('content-type', file.type);
    return { method, headers, body: file };
  }
  if (body === undefined) {
    return { method, headers };
  }
  headers.set('content-type', 'application/json');
  return { method, headers, body: JSON.stringify(body) };
}

async function readEnvelope(answer: Response): Promise<Partial<Envelope>> {
  try {
    return (await answer.json()) as Partial<Envelope>;
  } catch {
    // A proxy's error page, or a connection that broke off: the status is all there is to know.
    return {};
  }
}

async function reach(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (error) {
    throw new ApiError(0, 'network', { message: i18next.t('shared:noAnswer', { cause: String(error) }) });
  }
}

/** A client for the pages that share one session. */
export function createApi(store: SessionStore): Api {
  let offsetMs = 0;
  let refreshing: Promise<Session | undefined> | undefined;

  async function call(url: string, init: RequestInit): Promise<unknown> {
    const answer = await reach(url, init);
    const envelope = await readEnvelope(answer);
    const serverTime = Date.parse(envelope.timestamp ?? '');
    offsetMs = Number.isNaN(serverTime) ? offsetMs : serverTime - Date.now();
    if (!answer.ok) {
      const code = envelope.error ?? `http_${answer.status}`;
      const message = envelope.message ?? i18next.t('shared:failedWith', { status: answer.status });
      throw new ApiError(answer.status, code, { ...envelope, message });
    }
    return envelope.data;
  }

  /** A successor of the tokens. Only a refusal ends the session; without an answer it may still be good. */
  async function exchange(stale: Session): Promise<Session | undefined> {
    const current = store.read();
    if (current !== undefined && current.tokens.refreshToken !== stale.tokens.refreshToken) {
      return current;
    }
    try {
      const { refreshToken } = stale.tokens;
      const init = toInit('POST', undefined, { body: { refreshToken } });
      const { tokens } = (await call('/users/refresh', init)) as { tokens: Tokens };
      const session = { ...stale, tokens };
      store.write(session);
      return session;
    } catch (error) {
      if (error instanceof ApiError && error.status >= 400 && error.status < 500 && error.status !== 429) {
        store.clear();
        return undefined;
      }
      throw error;
    }
  }

  /** Requests that find the token expired at once share one refresh. */
  function refresh(stale: Session): Promise<Session | undefined> {
    refreshing ??= exchange(stale).finally(() => {
      refreshing = undefined;
    });
    return refreshing;
  }

  async function send(method: string, path: string, options: SendOptions = {}): Promise<unknown> {
    const url = toUrl(path, options.query);
    const session = store.read();
    try {
      return await call(url, toInit(method, session, options));
    } catch (error) {
      const isExpired = error instanceof ApiError && error.code === 'unauthenticated';
      if (!isExpired || session === undefined) {
        throw error;
      }
      const renewed = await refresh(session);
      if (renewed === undefined) {
        throw error;
      }
      return call(url, toInit(method, renewed, options));
    }
  }

  return {
    get: <T>(path: string, query: Query = {}) => send('GET', path, { query }) as Promise<T>,
    send: <T>(method: string, path: string, options?: SendOptions) =>
      send(method, path, options) as Promise<T>,
    clockOffsetMs: () => offsetMs,
  };
}

export const shopApi = createApi(shopSession);
export const consoleApi = createApi(consoleSession);
