/** The whole program as compose.ts wires it, on a database of its own, over real sockets, with a clock that tests move. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Simulators, startSimulators } from '../../../simulators/src/index.ts';
import { type Application, compose } from '../../src/compose.ts';
import { createFakeClock, type FakeClock } from '../../src/kernel/clock.ts';
import { type Config, type Environment, loadConfig } from '../../src/kernel/config/index.ts';
import type { Db } from '../../src/kernel/db/index.ts';
import { randomCode } from '../../src/kernel/ids.ts';
import { createLogger } from '../../src/kernel/log/index.ts';
import { openKernel } from '../../src/open-kernel.ts';
import type { TestAnswer, TestCall } from './api.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';
import { findFreePort } from './free-port.ts';

const START = Date.parse('2026-11-20T04:00:00Z');
const ADMIN_PASSWORD = 'abacus-beads-and-rods';

export interface TestBuyer {
  readonly token: string;
  readonly userId: string;
  readonly payerId: string;
  /** At the mini program. */
  readonly openid: string;
}

export interface TestApp {
  readonly url: string;
  readonly db: Db;
  readonly databaseUrl: string;
  readonly clock: FakeClock;
  readonly config: Config;
  readonly application: Application;
  /** `drain` runs what is due, and with `until` also what becomes due. */
  readonly worker: Application['worker'];
  /** In this process, on the same clock; they send only when told to flush. */
  readonly simulators: Simulators;
  /** Of the administrator, who holds every permission. */
  readonly adminToken: string;
  /** Calls `METHOD /path` over HTTP. */
  call(route: string, options?: TestCall): Promise<TestAnswer>;
  /** Somebody with a WeChat account who is logged in, without the login's round trips. */
  newBuyer(): Promise<TestBuyer>;
  close(): Promise<void>;
}

export interface TestAppOptions {
  /** Where it begins (ms). */
  readonly startAt?: number;
  /** Runs every callback of a transaction twice, the first run rolled back; on unless a test measures. */
  readonly rehearse?: boolean;
  /** `api`, the default, leaves the jobs to `worker.drain`; `all` runs them by itself. */
  readonly role?: Config['role'];
  /** Without it the gateway of WeChat Pay is not configured at all. */
  readonly withSimulators?: boolean;
  /** The simulators' key mode; a merchant in `certificate` mode has no public key of WeChat Pay. */
  readonly keyMode?: 'public_key' | 'certificate' | 'switching';
  /** Whether Stripe is switched on too, with the simulator's account. */
  readonly withStripe?: boolean;
  /** More settings by their names. */
  readonly environment?: Environment;
  /** Those that a simulated provider gives. */
  readonly environmentOf?: (simulators: Simulators) => Environment;
  /** Which headers say who calls. Not by a setting, which refuses Cloud Hosting on SQLite. */
  readonly hostedLogin?: Config['wechat']['hostedLogin'];
  /** A database that outlives this program; by default it has one of its own. */
  readonly database?: TestDatabase;
}

/** What WeChat would have given to this merchant, as settings. */
export function toWechatSettings(simulators: Simulators, hasPublicKey = true): Record<string, string> {
  const merchant = simulators.wechatPay.merchant();
  return {
    WX_APPID: JSON.stringify(merchant.apps),
    WX_API_BASE_URL: simulators.wechatOpenUrl,
    WX_PAY_MCHID: merchant.mchid,
    WX_PAY_MERCHANT_SERIAL_NO: merchant.merchantSerialNo,
    WX_PAY_PRIVATE_KEY: merchant.merchantPrivateKeyPem,
    WX_PAY_API_V3_KEY: merchant.apiV3Key,
    WX_PAY_BASE_URL: simulators.wechatPayUrl,
    ...(hasPublicKey && {
      WX_PAY_PUBLIC_KEY_ID: merchant.publicKeyId,
      WX_PAY_PUBLIC_KEY: merchant.publicKeyPem,
    }),
  };
}

/** What the platform would have given to a merchant in Cloud Hosting, as settings. */
export function toCloudSettings(simulators: Simulators): Record<string, string> {
  const merchant = simulators.wechatCloud.merchant();
  return {
    CBR_ENV_ID: merchant.envId,
    WX_CLOUD_PAY_MCHID: merchant.subMchid,
    WX_CLOUD_PAY_SERVICE: merchant.service,
    WX_CLOUD_PAY_BASE_URL: merchant.apiBaseUrl,
  };
}

/** What Alipay would have given to this merchant, as settings. */
function toAlipaySettings(simulators: Simulators): Record<string, string> {
  const merchant = simulators.alipay.merchant();
  return {
    ALI_PAY_APP_ID: merchant.appId,
    ALI_PAY_SELLER_ID: merchant.sellerId,
    ALI_PAY_PRIVATE_KEY: merchant.appPrivateKeyPem,
    ALI_PAY_APP_CERT: merchant.appCertificatePem,
    ALI_PAY_PUBLIC_CERT: merchant.alipayCertificatesPem,
    ALI_PAY_ROOT_CERT: merchant.rootCertificatesPem,
    ALI_PAY_GATEWAY_URL: merchant.gatewayUrl,
  };
}

/** What Stripe would have given to this merchant, as settings; its events go to the program at `port`. */
function toStripeSettings(simulators: Simulators, port: number): Record<string, string> {
  simulators.stripe.changeSettings({ webhookUrl: `http://127.0.0.1:${port}/payments/notify/stripe` });
  const account = simulators.stripe.merchant();
  return {
    STRIPE_SECRET_KEY: account.secretKey,
    STRIPE_PUBLIC_KEY: account.publishableKey,
    STRIPE_ACCOUNT_ID: account.accountId,
    STRIPE_WEBHOOK_SECRET: account.webhookSecret,
    STRIPE_BASE_URL: account.apiBaseUrl,
  };
}

function createCall(url: string): TestApp['call'] {
  return async (route, { token, body, headers, ip } = {}) => {
    const [method, path] = route.split(' ') as [string, string];
    const isRaw = typeof body === 'string' || Buffer.isBuffer(body);
    const answer = await fetch(url + path, {
      method,
      headers: {
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(ip !== undefined && { 'x-forwarded-for': ip }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: isRaw ? (body as string) : JSON.stringify(body) }),
    });
    const text = await answer.text();
    const isJson = answer.headers.get('content-type')?.includes('json') ?? false;
    return {
      status: answer.status,
      headers: Object.fromEntries(answer.headers),
      body: isJson ? JSON.parse(text) : text,
    };
  };
}

async function logInAdministrator(application: Application, call: TestApp['call']): Promise<string> {
  await application.identity.ensureAdministrator(ADMIN_PASSWORD);
  const { status, body } = await call('POST /users/login', {
    body: { identifier: 'admin', password: ADMIN_PASSWORD },
  });
  if (status !== 200) {
    throw new Error(`the administrator can not log in: ${JSON.stringify(body)}`);
  }
  return body.data.tokens.accessToken as string;
}

async function createBuyer(app: Pick<TestApp, 'db' | 'simulators' | 'application'>): Promise<TestBuyer> {
  const { db, simulators, application } = app;
  const payer = simulators.payers.create();
  const appid = simulators.wechatPay.merchant().apps.find(({ kind }) => kind === 'mini_program')?.appid ?? '';
  const openid = payer.openids[appid] as string;
  const origin = { ip: '127.0.0.1', userAgent: 'test' };
  const login = { provider: 'wechat', appid, openid, unionid: payer.unionid, sessionKey: randomCode(24) };
  const started = await db.tx('test.log_in', async (tx) => {
    const { userId } = await application.identity.findOrCreateLinkedUser(tx, login);
    return application.identity.startSession(tx, userId, origin);
  });
  const { tokens, user } = await application.identity.issueTokens(started);
  return { token: tokens.accessToken, userId: user.id, payerId: payer.id, openid };
}

/** Starts the program with everything that it needs. */
export async function startTestApp(options: TestAppOptions = {}): Promise<TestApp> {
  const { keyMode = 'public_key', withSimulators = true, role = 'api', rehearse = true } = options;
  const clock = createFakeClock(options.startAt ?? START);
  const simulators = await startSimulators({ delivery: 'manual', now: clock.now });
  simulators.wechatPay.changeSettings({ keyMode });
  const database = options.database ?? (await createTestDatabase());
  const dataDir = mkdtempSync(join(tmpdir(), 'suanpan-app-'));
  const port = await findFreePort();
  const loaded = loadConfig(
    {
      ...{ NODE_ENV: 'test', HOST: '127.0.0.1', PORT: String(port), ROLE: role, LOG_LEVEL: 'silent' },
      ...{ DATABASE_URL: database.url, DATA_DIR: dataDir, SIMULATORS: 'off', DEMO_DATA: 'false' },
      ...{ TRUST_PROXY: '127.0.0.1', ADMIN_PASSWORD, JWT_EXPIRES_IN: '30d' },
      ...(withSimulators && toWechatSettings(simulators, keyMode !== 'certificate')),
      ...(withSimulators && toAlipaySettings(simulators)),
      ...(options.withStripe && toStripeSettings(simulators, port)),
      ...options.environment,
      ...options.environmentOf?.(simulators),
    },
    dataDir,
  );
  const { hostedLogin = loaded.wechat.hostedLogin } = options;
  const config: Config = { ...loaded, wechat: { ...loaded.wechat, hostedLogin } };
  const log = createLogger(config.logLevel);
  const kernel = await openKernel({ config, clock, log, rehearse });
  const phoneUrl = withSimulators ? `${simulators.controlUrl}/phone` : null;
  const application = await compose(kernel, config, { phoneUrl });
  await application.listen();
  const url = application.url();
  const call = createCall(url);
  const adminToken = await logInAdministrator(application, call);
  const { db } = kernel;
  return {
    ...{ url, db, clock, config, application, simulators, adminToken, call },
    worker: application.worker,
    databaseUrl: database.url,
    newBuyer: () => createBuyer({ db, simulators, application }),
    async close() {
      await application.close();
      await simulators.close();
      await kernel.close();
      rmSync(dataDir, { recursive: true, force: true });
      if (options.database === undefined) {
        await database.drop();
      }
    },
  };
}
