/** Starts the shop as a newcomer would, in a folder of its own, and stops it again. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const READY_WITHIN_MS = 60_000;
const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const SHIFTED_CLOCK = new URL('shifted-clock.ts', import.meta.url).href;
/** The server, the control API of the simulators, and a port for each provider. */
const PORTS = 10;

/** A folder with a shop's data, which can be opened and closed like a shop. */
export interface ShopFolder {
  readonly url: string;
  readonly controlUrl: string;
  readonly adminPassword: string;
  /** Starts the server and its simulators, `clockShiftMs` away from now; without its worker nothing happens by itself. */
  open(options?: { readonly clockShiftMs?: number; readonly hasWorker?: boolean }): Promise<void>;
  /** Stops both; the data stays. */
  close(): Promise<void>;
  /** Runs a command such as `doctor` on the same database; answers its exit code. */
  command(...words: readonly string[]): Promise<number>;
  /** Closes and throws the data away. */
  discard(): Promise<void>;
}

/** The first of `count` neighbouring ports that are free now. */
async function findPorts(count: number): Promise<number> {
  for (;;) {
    const first = 20_000 + Math.floor(Math.random() * 12_000);
    const free = await Promise.all(Array.from({ length: count }, (_, index) => isFree(first + index)));
    if (free.every(Boolean)) {
      return first;
    }
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}

async function waitUntilReady(url: string, child: ChildProcess): Promise<void> {
  const deadline = performance.now() + READY_WITHIN_MS;
  while (performance.now() < deadline && child.exitCode === null) {
    const answer = await fetch(`${url}/ready`).catch(() => undefined);
    if (answer?.ok) {
      return;
    }
    await sleep(100);
  }
  throw new Error('the shop did not start; its own words stand above');
}

/** Chooses where the shop lives. `settings` stand above the demo's own. */
export async function createShopFolder(settings: Readonly<Record<string, string>>): Promise<ShopFolder> {
  const dataDir = mkdtempSync(join(tmpdir(), 'suanpan-demo-'));
  const port = await findPorts(PORTS);
  const adminPassword = `demo-${Math.random().toString(36).slice(2)}-${Date.now()}`;
  const url = `http://127.0.0.1:${port}`;
  const environment = {
    ...process.env,
    HOST: '127.0.0.1',
    PORT: String(port),
    SIMULATORS: 'on',
    SIMULATORS_PORT: String(port + 1),
    DATA_DIR: dataDir,
    DATABASE_URL: `sqlite:${join(dataDir, 'suanpan.db')}`,
    ADMIN_PASSWORD: adminPassword,
    DEMO_DATA: 'false',
    LOG_LEVEL: 'error',
    ...settings,
  };
  let child: ChildProcess | undefined;

  async function close(): Promise<void> {
    if (child !== undefined && child.exitCode === null) {
      child.kill('SIGTERM');
      await once(child, 'exit');
    }
    child = undefined;
  }

  return {
    ...{ url, adminPassword, close },
    controlUrl: `http://127.0.0.1:${port + 1}/control`,
    async open({ clockShiftMs = 0, hasWorker = true } = {}) {
      const shifted = {
        NODE_OPTIONS: `--import=${SHIFTED_CLOCK}`,
        DEMO_CLOCK_SHIFT_MS: String(clockShiftMs),
      };
      child = spawn(process.execPath, [join(ROOT, 'server/src/main.js')], {
        cwd: ROOT,
        env: { ...environment, ROLE: hasWorker ? 'all' : 'api', ...(clockShiftMs !== 0 && shifted) },
        stdio: ['ignore', 'ignore', 'inherit'],
      });
      await waitUntilReady(url, child);
    },
    async command(...words) {
      const command = spawn(process.execPath, [join(ROOT, 'server/bin/suanpan.js'), ...words], {
        cwd: ROOT,
        env: environment,
        stdio: ['ignore', 'inherit', 'inherit'],
      });
      const [code] = (await once(command, 'exit')) as [number | null];
      return code ?? 1;
    },
    async discard() {
      await close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
