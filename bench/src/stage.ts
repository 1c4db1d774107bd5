/** A shop to measure: a database with products, stock and customers, and the product's own server process on it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Application, compose } from '../../server/src/compose.ts';
import { systemActor } from '../../server/src/kernel/actor.ts';
import { systemClock } from '../../server/src/kernel/clock.ts';
import { type Environment, loadConfig } from '../../server/src/kernel/config/index.ts';
import type { Engine } from '../../server/src/kernel/db/index.ts';
import { createLogger } from '../../server/src/kernel/log/index.ts';
import { importProducts } from '../../server/src/modules/catalog/index.ts';
import { setStock } from '../../server/src/modules/inventory/index.ts';
import { type Kernel, openKernel } from '../../server/src/open-kernel.ts';
import { createBenchDatabase } from './database.ts';
import { readServerFlags } from './server-flags.ts';

const MAIN = fileURLToPath(new URL('../../server/src/main.js', import.meta.url));
const READY_WITHIN_MS = 30_000;
const by = systemActor('bench');

export interface Stage {
  readonly engine: Engine;
  readonly databaseUrl: string;
  /** The program in this process, not listening: for preparing and recording. */
  readonly application: Application;
  readonly kernel: Kernel;
  /** Access tokens of customers. */
  readonly tokens: readonly string[];
  readonly variantIds: readonly string[];
  /** Starts the product's server process on this database; `launch` says what runs its command. */
  startServer(more?: Environment, launch?: Launch): Promise<ServerProcess>;
  close(): Promise<void>;
}

/** Makes the command that runs a command; it must become that process itself in the end. */
export type Launch = (command: readonly string[]) => readonly string[];

export interface ServerProcess {
  readonly url: string;
  /** From spawning to the first answer. */
  readonly startMs: number;
  /** Resident memory now. */
  rssMb(): number;
  stop(): Promise<void>;
}

export interface StageOptions {
  readonly engine: Engine;
  readonly products: number;
  readonly customers: number;
  readonly onHand: number;
  readonly environment?: Environment;
  /** Who the customers are to WeChat; nobody that it knows, where nothing is said. */
  readonly wechatAccounts?: readonly WechatAccount[];
}

export interface WechatAccount {
  readonly appid: string;
  readonly openid: string;
}

/** A port that nobody listens on at the moment. */
export async function findFreePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}

const WORDS = [
  'Cotton',
  'Linen',
  'Copper',
  'Clay',
  'Wooden',
  'Velvet',
  'Steel',
  'Glass',
  '棉布',
  '陶瓷',
  '木制',
  '玻璃',
];
const THINGS = [
  'Shirt',
  'Sofa',
  'Lamp',
  'Pot',
  'Table',
  'Chair',
  'Rug',
  'Shelf',
  '衬衫',
  '沙发',
  '台灯',
  '花盆',
];

/** A product file of so many products with one variant each. */
function makeCsv(products: number): string {
  const header =
    'Handle,Title,Body (HTML),Vendor,Type,Tags,Published,Option1 Name,Option1 Value,Variant SKU,Variant Inventory Tracker,Variant Inventory Qty,Variant Price';
  const rows = Array.from({ length: products }, (_, index) => {
    const title = `${WORDS[index % WORDS.length]} ${THINGS[(index * 7) % THINGS.length]} ${index}`;
    return `bench-${index},${title},<p>${title} for every day</p>,Vendor ${index % 20},Type ${index % 12},"bench, tag${index % 50}",true,Title,Default Title,BENCH-${index},shopify,0,${(index % 400) + 5}.90`;
  });
  return [header, ...rows].join('\n');
}

async function fillShop(
  kernel: Kernel,
  application: Application,
  options: StageOptions & { readonly currency: string },
) {
  const { db } = kernel;
  const csv = makeCsv(options.products);
  const { currency } = options;
  await importProducts(db, () => Readable.from([csv]), { currency, by, onLine: () => undefined });
  const items = await db.query.selectFrom('stock_items').select('variant_id').orderBy('variant_id').execute();
  for (let from = 0; from < items.length; from += 100) {
    await db.tx('bench.stock', async (tx) => {
      for (const { variant_id: variantId } of items.slice(from, from + 100)) {
        await setStock(tx, { variantId, isTracked: true, onHand: options.onHand, by });
      }
    });
  }
  const tokens: string[] = [];
  for (let index = 0; index < options.customers; index += 1) {
    const account = options.wechatAccounts?.[index] ?? { appid: 'wxbench', openid: `bench-openid-${index}` };
    tokens.push(await logIn(kernel, application, account));
  }
  return { tokens, variantIds: items.map((item) => item.variant_id) };
}

async function logIn({ db }: Kernel, { identity }: Application, account: WechatAccount): Promise<string> {
  const started = await db.tx('bench.login', async (tx) => {
    const { userId } = await identity.findOrCreateLinkedUser(tx, { provider: 'wechat', ...account });
    return identity.startSession(tx, userId, { ip: '127.0.0.1', userAgent: 'bench' });
  });
  const { tokens } = await identity.issueTokens(started);
  return tokens.accessToken;
}

/** Prepares a shop of its own; `close` throws it away. */
export async function setStage(options: StageOptions): Promise<Stage> {
  const database = await createBenchDatabase(options.engine);
  const dataDir = mkdtempSync(join(tmpdir(), 'suanpan-bench-'));
  const environment: Environment = {
    NODE_ENV: 'test',
    LOG_LEVEL: 'error',
    SIMULATORS: 'off',
    DEMO_DATA: 'false',
    ORDER_MAX_UNPAID: '10000',
    RISK_VELOCITY_CUSTOMER: '0',
    JWT_EXPIRES_IN: '1d',
    DATA_DIR: dataDir,
    DATABASE_URL: database.url,
    ...options.environment,
  };
  const config = loadConfig(environment, dataDir);
  const kernel = await openKernel({ config, clock: systemClock, log: createLogger('error') });
  const application = await compose(kernel, config, { phoneUrl: null });
  await application.http.ready();
  const { tokens, variantIds } = await fillShop(kernel, application, {
    ...options,
    currency: config.shop.currency,
  });
  const servers: ServerProcess[] = [];
  return {
    ...{ engine: options.engine, databaseUrl: database.url, application, kernel, tokens, variantIds },
    async startServer(more = {}, launch = (command) => command) {
      const server = await startServer({ ...environment, ...more }, dataDir, launch);
      servers.push(server);
      return server;
    },
    async close() {
      // One that still runs because a measurement has failed would keep this process alive.
      await Promise.all(servers.map((server) => server.stop()));
      await application.close();
      await kernel.close();
      await database.drop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

async function startServer(environment: Environment, cwd: string, launch: Launch): Promise<ServerProcess> {
  const port = await findFreePort();
  const startedAt = performance.now();
  const [command = '', ...args] = launch([process.execPath, ...readServerFlags(), MAIN]);
  const child: ChildProcess = spawn(command, args, {
    cwd,
    env: { PATH: process.env.PATH, PORT: String(port), ...environment },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const url = `http://127.0.0.1:${port}`;
  while (performance.now() - startedAt < READY_WITHIN_MS && child.exitCode === null) {
    const answer = await fetch(`${url}/health`).catch(() => undefined);
    if (answer?.ok) {
      break;
    }
    await sleep(10);
  }
  const startMs = Math.round(performance.now() - startedAt);
  return {
    url,
    startMs,
    rssMb: () =>
      Math.round(
        Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1] ?? 0) / 1_024,
      ),
    async stop() {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGTERM');
        await once(child, 'exit');
      }
    },
  };
}
