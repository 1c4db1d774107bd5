/** The real server in a process of its own, which can be killed like one. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { Simulators } from '../../../simulators/src/index.ts';
import type { TestAnswer } from '../harness/api.ts';
import { toWechatSettings } from '../harness/app.ts';
import { findFreePort } from '../harness/free-port.ts';

const SERVE = fileURLToPath(new URL('./serve.ts', import.meta.url));
const PRELOAD = new URL('../crash/preload.ts', import.meta.url).href;
const READY_WITHIN_MS = 60_000;
export const ADMIN_PASSWORD = 'abacus-beads-and-rods';

export interface ServerProcess {
  /** `undefined` where it died before it answered. */
  call(route: string, token?: string, body?: object, key?: string): Promise<TestAnswer['body'] | undefined>;
  /** Moves its clock to that of the simulators. */
  tick(): void;
  hasEnded(): boolean;
  /** Resolves when it is dead, with the signal that it died of. */
  readonly end: Promise<string | null>;
  kill(): Promise<void>;
}

export interface ServerGround {
  start(crashAt?: string): Promise<ServerProcess>;
  clear(): void;
}

async function becomeReady(child: ChildProcess, errors: Promise<string>): Promise<void> {
  const ready = once(child, 'message', { signal: AbortSignal.timeout(READY_WITHIN_MS) });
  await Promise.race([
    ready,
    once(child, 'exit').then(async () => {
      throw new Error(`the server did not start: ${(await errors).slice(-2_000)}`);
    }),
  ]);
}

/** Where servers run one after the other on one database, one port and one set of secrets. */
export async function prepareServers(simulators: Simulators, databaseUrl: string): Promise<ServerGround> {
  const folder = mkdtempSync(join(tmpdir(), 'suanpan-sends-'));
  const port = await findFreePort();
  const { username, password, apiBaseUrl } = simulators.unitel.account();
  const environment = {
    ...{ NODE_ENV: 'test', HOST: '127.0.0.1', PORT: String(port), ROLE: 'all', LOG_LEVEL: 'fatal' },
    ...{ SIMULATORS: 'off', DEMO_DATA: 'false', JWT_EXPIRES_IN: '30d', SENDS_PASSWORD: ADMIN_PASSWORD },
    ...{ DATABASE_URL: databaseUrl, DATA_DIR: folder },
    ...{ NODE_COMPILE_CACHE: join(tmpdir(), 'suanpan-sweep-cache') },
    ...{ UNITEL_USERNAME: username, UNITEL_PASSWORD: password, UNITEL_BASE_URL: apiBaseUrl },
    ...toWechatSettings(simulators),
  };

  async function start(crashAt?: string): Promise<ServerProcess> {
    const now = () => simulators.clockView().epochMs;
    const child = spawn(process.execPath, ['--import', PRELOAD, SERVE], {
      env: {
        ...{ PATH: process.env.PATH ?? '', ...environment, SENDS_NOW: String(now()) },
        ...(crashAt !== undefined && { CRASH_AT: crashAt }),
      },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    const end = once(child, 'exit').then(([, signal]) => signal as string | null);
    let hasEnded = false;
    void end.then(() => {
      hasEnded = true;
    });
    await becomeReady(child, child.stderr ? text(child.stderr) : Promise.resolve(''));
    return {
      end,
      hasEnded: () => hasEnded,
      tick() {
        if (!hasEnded && child.connected) {
          child.send({ now: now() }, () => undefined);
        }
      },
      async kill() {
        child.kill('SIGKILL');
        await end;
      },
      call: (route, token, body, key) => callServer(port, { route, token, body, key }),
    };
  }

  return { start, clear: () => rmSync(folder, { recursive: true, force: true }) };
}

interface Call {
  readonly route: string;
  readonly token: string | undefined;
  readonly body: object | undefined;
  readonly key: string | undefined;
}

async function callServer(port: number, { route, token, body, key }: Call) {
  const [method, path] = route.split(' ') as [string, string];
  try {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      headers: {
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(key !== undefined && { 'idempotency-key': key }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return (await answer.json()) as TestAnswer['body'];
  } catch {
    return undefined;
  }
}
