/**
 * The whole program in this process, on the simulators of another one. Both live on one clock, which stands still until
 * the story moves it: the simulators hold it, so that it goes on where it was when this process is killed.
 */
import { type Application, compose } from '../../src/compose.ts';
import { createFakeClock, type FakeClock } from '../../src/kernel/clock.ts';
import { loadConfig } from '../../src/kernel/config/index.ts';
import type { Db } from '../../src/kernel/db/index.ts';
import { createLogger } from '../../src/kernel/log/index.ts';
import { openKernel } from '../../src/open-kernel.ts';
import type { TestAnswer } from '../harness/api.ts';

export const ADMIN_PASSWORD = 'abacus-beads-and-rods';
/** How far time goes before the provider is heard again. */
const STEP_MS = 10_000;
const STEPS = 40;

/** What was answered; stories read of it what they need. */
export type Json = TestAnswer['body'];

export interface Request {
  readonly token?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Program {
  readonly db: Db;
  readonly clock: FakeClock;
  /** Calls the server over HTTP; answers the envelope, whatever its status. */
  call(route: string, request?: Request): Promise<{ status: number; body: Json }>;
  /** The same, but answers the data, and throws when it was refused. */
  must(route: string, request?: Request): Promise<Json>;
  /** Calls the control API of the simulators. */
  control(route: string, body?: unknown): Promise<Json>;
  /** Delivers what the provider has to say. */
  flush(): Promise<void>;
  /** Lets time pass on both sides. */
  pass(ms: number): Promise<void>;
  close(): Promise<void>;
}

async function send(
  url: string,
  route: string,
  { token, body, headers }: Request,
): Promise<{ status: number; body: Json }> {
  const [method, path] = route.split(' ') as [string, string];
  const answer = await fetch(url + path, {
    method,
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { status: answer.status, body: text === '' ? null : JSON.parse(text) };
}

function createControl(controlUrl: string): Program['control'] {
  return async (route, body) => {
    const answer = await send(`${controlUrl}/control`, route, { body });
    if (answer.status >= 300) {
      throw new Error(`the simulators: ${route} answered ${answer.status} ${JSON.stringify(answer.body)}`);
    }
    return answer.body;
  };
}

function createPass(application: Application, clock: FakeClock, control: Program['control']) {
  const flush = async () => void (await control('POST /notifications/flush', {}));

  return async (ms: number): Promise<void> => {
    const until = clock.now() + ms;
    while (clock.now() < until) {
      const next = Math.min(until, clock.now() + Math.max(STEP_MS, ms / STEPS));
      // A job sees the time at which it was due at most one step late, as on a busy worker.
      clock.set(next);
      await control('POST /clock', { setTo: new Date(next).toISOString() });
      await application.worker.drain();
      await flush();
    }
    await application.worker.drain();
  };
}

/** Opens it as `process.env` says; `SIMULATORS_CONTROL_URL` is the simulators' control API. */
export async function openProgram(): Promise<Program> {
  const { SIMULATORS_CONTROL_URL: controlUrl, ...environment } = process.env;
  const control = createControl(controlUrl ?? '');
  const { epochMs } = await control('GET /clock');
  const clock = createFakeClock(epochMs);
  const config = loadConfig(environment, environment.DATA_DIR);
  const log = createLogger(config.logLevel);
  const kernel = await openKernel({ config, clock, log });
  const application = await compose(kernel, config, { phoneUrl: null });
  await application.identity.ensureAdministrator(ADMIN_PASSWORD);
  await application.listen();
  const call: Program['call'] = (route, request = {}) => send(application.url(), route, request);
  return {
    ...{ db: kernel.db, clock, call, control },
    async must(route, request) {
      const { status, body } = await call(route, request);
      if (status >= 300) {
        throw new Error(`${route} answered ${status} ${JSON.stringify(body)}`);
      }
      return body.data;
    },
    flush: async () => void (await control('POST /notifications/flush', {})),
    pass: createPass(application, clock, control),
    async close() {
      await application.close();
      await kernel.close();
    },
  };
}
