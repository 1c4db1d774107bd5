import type { Clock } from '../../src/kernel/clock.ts';
import type { Db } from '../../src/kernel/db/index.ts';
import {
  type Authenticate,
  type Caller,
  createHttpServer,
  createRouter,
  type Router,
} from '../../src/kernel/http/index.ts';
import { silentLogger } from '../../src/kernel/log/index.ts';

export interface TestCall {
  /** The bearer token. */
  readonly token?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** The network address that the call comes from. */
  readonly ip?: string;
}

export interface TestAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  /** The envelope, as JSON comes. */
  readonly body: ReturnType<typeof JSON.parse>;
}

export interface TestApi {
  /** Calls `METHOD /path`, such as `GET /users/me`. */
  call(route: string, options?: TestCall): Promise<TestAnswer>;
  close(): Promise<void>;
}

/** The token of a caller of a test's choosing; understood by {@link fakeAuthenticate} only. */
export function tokenOf(caller: Partial<Caller> & Pick<Caller, 'userId'>): string {
  const whole: Caller = { kind: 'customer', roles: [], permissions: [], ...caller };
  return Buffer.from(JSON.stringify(whole)).toString('base64url');
}

/** Believes whatever {@link tokenOf} wrote. */
export const fakeAuthenticate: Authenticate = async ({ authorization }) =>
  typeof authorization !== 'string'
    ? null
    : (JSON.parse(Buffer.from(authorization.replace('Bearer ', ''), 'base64url').toString('utf8')) as Caller);

/** The real HTTP server with the routes of one module, without a socket. */
export async function openTestApi(options: {
  readonly db: Db;
  readonly clock: Clock;
  readonly registerRoutes: (router: Router) => void;
  readonly authenticate?: Authenticate;
}): Promise<TestApi> {
  const { db, clock, authenticate = fakeAuthenticate } = options;
  const http = {
    host: '127.0.0.1',
    port: 0,
    publicUrl: null,
    trustProxy: [],
    countryHeader: null,
    corsOrigins: [],
    metricsToken: null,
  };
  const app = await createHttpServer({
    config: { mode: 'test', http },
    clock,
    log: silentLogger,
    version: '0.0.0',
  });
  options.registerRoutes(createRouter(app, { db, clock, authenticate, countryHeader: null }));
  await app.ready();
  return {
    async call(route, { token, body, headers, ip } = {}) {
      const [method, url] = route.split(' ') as [string, string];
      const answer = await app.inject({
        method: method as 'GET',
        url,
        headers: { ...(token !== undefined && { authorization: `Bearer ${token}` }), ...headers },
        ...(body !== undefined && { payload: body as object }),
        ...(ip !== undefined && { remoteAddress: ip }),
      });
      return {
        status: answer.statusCode,
        headers: answer.headers,
        body: answer.body === '' ? null : JSON.parse(answer.body),
      };
    },
    close: () => app.close(),
  };
}
