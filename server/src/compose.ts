/** Wires the program: the one place, beside the start and the commands, that knows every part. */
import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { createHandBooks, handBills } from './compose/hand-books.ts';
import { createGateways } from './create-gateways.ts';
import type { GatewayRegistry } from './gateways/registry.ts';
import { type Config, publicUrlOf } from './kernel/config/index.ts';
import { createKeyedHash, createSealer } from './kernel/crypto.ts';
import {
  createHttpServer,
  createRouter,
  handleIdempotencyPrune,
  idempotencyPrune,
  registerOperations,
} from './kernel/http/index.ts';
import { type Cron, createWorker, type JobHandler, type Worker } from './kernel/jobs/index.ts';
import { handleProviderCallPrune, providerCallPrune } from './kernel/outbound/index.ts';
import { countOpenAlerts, createAlerts, raiseAlert } from './modules/alerts/index.ts';
import { createAudit } from './modules/audit/index.ts';
import { createCatalog, readSellable, resolveVariant } from './modules/catalog/index.ts';
import { createDoctor } from './modules/doctor/index.ts';
import {
  createIdentity,
  type Identity,
  openidsOf,
  readAddress,
  readDefaultAddress,
} from './modules/identity/index.ts';
import { createInventory } from './modules/inventory/index.ts';
import { createLedger } from './modules/ledger/index.ts';
import { createOperations } from './modules/operations/index.ts';
import { createOrders } from './modules/orders/index.ts';
import { BOOKS, createPayments, isOffered, type PurposeOwner } from './modules/payments/index.ts';
import { createReconciliation, type Reconciliation, toBillSource } from './modules/reconciliation/index.ts';
import { createRisk, createRiskAssessor } from './modules/risk/index.ts';
import { createWechat, createWechatOpenApi } from './modules/wechat/index.ts';
import type { Kernel } from './open-kernel.ts';
import { version } from './version.ts';
import { registerWebPages } from './web-pages.ts';

const OUTBOUND_TIMEOUT_MS = 10_000;

/** The wired program: HTTP server and worker, neither started. */
export interface Application {
  readonly http: FastifyInstance;
  readonly worker: Worker;
  readonly identity: Identity;
  readonly reconciliation: Reconciliation;
  /** Begins to listen and to work, as far as the role says. */
  listen(): Promise<void>;
  /** Where it listens. */
  url(): string;
  close(): Promise<void>;
}

interface Surroundings {
  /** The simulated phone, where there is one. */
  readonly phoneUrl: string | null;
}

type Sale = Parameters<typeof isOffered>[1];

function methodsFor(gateways: GatewayRegistry, sale: Sale) {
  return gateways.gateways
    .flatMap(({ capabilities }) => capabilities.methods)
    .filter((method) => isOffered(method, sale));
}

function createModules(
  kernel: Kernel,
  config: Config,
  gateways: GatewayRegistry,
  { phoneUrl }: Surroundings,
) {
  const { db, clock, log, outbound } = kernel;
  const owners = new Map<string, PurposeOwner>();
  const identity = createIdentity({ db, clock, log, config });
  const ledger = createLedger({ db, clock });
  const payments = createPayments({
    ...{ db, clock, log, ledger, gateways, owners },
    publicUrl: publicUrlOf(config),
    outboundTimeoutMs: OUTBOUND_TIMEOUT_MS,
    returnOrigins: config.http.corsOrigins,
    holds: config.payments,
    hashDevice: createKeyedHash(config.secrets.app, 'device'),
    review: createRiskAssessor({ config: config.risk, secret: config.secrets.app }),
    onNotification: kernel.metrics.observeNotification,
  });
  const orders = createOrders({
    ...{ db, clock, payments },
    config: config.orders,
    catalog: { readSellable },
    addresses: { readAddress, readDefaultAddress, openidsOf },
    methodsFor: ({ total, ...order }) =>
      methodsFor(gateways, { ...order, ...(total !== undefined && { amount: total }) }),
  });
  owners.set(orders.purposeOwner.type, orders.purposeOwner);
  const openApi = createWechatOpenApi({
    ...{ db, clock, log, outbound },
    apps: config.wechat.apps,
    baseUrl: config.wechat.apiBaseUrl,
    sealer: createSealer(config.secrets.app, 'wechat'),
  });
  const shopSettings = {
    currency: config.shop.currency,
    payExpireMs: config.orders.payExpireMs,
    methods: methodsFor(gateways, { kind: 'goods', currency: config.shop.currency }).map(
      ({ method }) => method,
    ),
    simulators: phoneUrl === null ? null : { phoneUrl },
  };
  const alerts = createAlerts({ db, log });
  const reconciliation = createReconciliation({
    ...{ db, clock, log, ledger, payments, books: BOOKS },
    sources: [
      ...gateways.gateways.flatMap((gateway) => toBillSource(gateway) ?? []),
      ...handBills(db, config),
    ],
  });
  const modules = [
    ...[identity, ledger, payments, orders, alerts, createAudit({ db })],
    createCatalog({ db, currency: config.shop.currency }),
    createInventory({ db, clock, config: config.stock, catalog: { readSellable, resolveVariant } }),
    createRisk({ db, clock, config: config.risk, payments }),
    createDoctor({ db, databaseUrl: config.database.url }),
    createWechat({ db, clock, identity, orders, openApi, config: config.wechat }),
    createOperations({ db, settings: shopSettings }),
    ...createHandBooks({ kernel, config, ledger, payments }),
    reconciliation,
  ];
  return { modules, identity, alerts, reconciliation };
}

/** Wires the program on an open kernel. Nothing listens or works yet. */
export async function compose(
  kernel: Kernel,
  config: Config,
  surroundings: Surroundings,
): Promise<Application> {
  const { db, clock, log, metrics } = kernel;
  const gateways = await createGateways(kernel, config);
  const { modules, identity, alerts, reconciliation } = createModules(kernel, config, gateways, surroundings);
  const http = await createHttpServer({ config, clock, log, version, onAnswer: metrics.observeRequest });
  const router = createRouter(http, {
    ...{ db, clock },
    authenticate: identity.authenticate,
    countryHeader: config.http.countryHeader,
  });
  const worker = createWorker({
    ...{ db, clock, log },
    handlers: [...modules.flatMap(jobsOf), handleProviderCallPrune(db), handleIdempotencyPrune(db)],
    crons: [...modules.flatMap(cronsOf), providerCallPrune, idempotencyPrune],
    onRun: metrics.observeJob,
    onAlert: (tx, { kind, job, jobId, attempts, error }) =>
      raiseAlert(tx, {
        kind: `job_${kind}`,
        subject: jobId,
        severity: kind === 'dead' ? 'critical' : 'warning',
        details: { job, attempts, error },
      }),
  });
  const isApi = config.role !== 'worker';
  const isWorker = config.role !== 'api';
  registerOperations(http, {
    ...{ db, log, version },
    metricsToken: config.http.metricsToken,
    readMetrics: async () => ({ contentType: metrics.contentType, text: await metrics.render() }),
    areJobsRunning: () => !isWorker || worker.status().isStarted,
  });
  if (isApi) {
    for (const module of modules.filter(hasRoutes)) {
      module.registerRoutes(router);
    }
    await registerWebPages(http);
  }
  const stops: (() => void)[] = [alerts.stop];

  return {
    ...{ http, worker, identity, reconciliation },
    async listen() {
      metrics.watch({ db, clock, countAlerts: () => countOpenAlerts(db) });
      stops.push(...gateways.gateways.flatMap((gateway) => gateway.start?.() ?? []));
      if (isWorker) {
        await worker.start();
      }
      await http.listen({ host: config.http.host, port: config.http.port });
    },
    url: () => `http://${config.http.host}:${(http.server.address() as AddressInfo).port}`,
    async close() {
      await http.close();
      await worker.stop();
      for (const stop of stops) {
        stop();
      }
    },
  };
}

type Module = ReturnType<typeof createModules>['modules'][number];

function hasRoutes(module: Module): module is Extract<Module, { registerRoutes: unknown }> {
  return 'registerRoutes' in module;
}

function jobsOf(module: Module): readonly JobHandler[] {
  return 'jobs' in module ? module.jobs : [];
}

function cronsOf(module: Module): readonly Cron[] {
  return 'crons' in module ? module.crons : [];
}
