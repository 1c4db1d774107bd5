/** Wires the program: the one place, beside the start and the commands, that knows every part. */
import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { createModules, type Module, type Surroundings } from './compose/create-modules.ts';
import { createGateways } from './create-gateways.ts';
import { createOperators } from './create-operators.ts';
import type { Config } from './kernel/config/index.ts';
import {
  createHttpServer,
  createRouter,
  handleIdempotencyPrune,
  idempotencyPrune,
  registerOperations,
} from './kernel/http/index.ts';
import { type Cron, createWorker, type JobHandler, type Worker } from './kernel/jobs/index.ts';
import { handleProviderCallPrune, providerCallPrune } from './kernel/outbound/index.ts';
import { countOpenAlerts, raiseAlert } from './modules/alerts/index.ts';
import type { Identity } from './modules/identity/index.ts';
import type { Reconciliation } from './modules/reconciliation/index.ts';
import type { Kernel } from './open-kernel.ts';
import { version } from './version.ts';
import { registerWebPages } from './web-pages.ts';

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

/** Wires the program on an open kernel. Nothing listens or works yet. */
export async function compose(
  kernel: Kernel,
  config: Config,
  surroundings: Surroundings,
): Promise<Application> {
  const { db, clock, log, metrics } = kernel;
  const gateways = await createGateways(kernel, config);
  const providers = { gateways, operators: await createOperators(kernel, config) };
  const parts = createModules(kernel, config, providers, surroundings);
  const { modules, identity, alerts, reconciliation } = parts;
  const http = await createHttpServer({ config, clock, log, version, onAnswer: metrics.observeRequest });
  const router = createRouter(http, {
    ...{ db, clock },
    authenticate: parts.authenticate,
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

function hasRoutes(module: Module): module is Extract<Module, { registerRoutes: unknown }> {
  return 'registerRoutes' in module;
}

function jobsOf(module: Module): readonly JobHandler[] {
  return 'jobs' in module ? module.jobs : [];
}

function cronsOf(module: Module): readonly Cron[] {
  return 'crons' in module ? module.crons : [];
}
