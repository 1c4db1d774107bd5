/** One process of the shop: its HTTP server, its workers, and its life. Everything else of it is in the database. */
import { randomCode } from '../../src/kernel/ids.ts';
import { createWorker, type Worker } from '../../src/kernel/jobs/index.ts';
import { silentLogger } from '../../src/kernel/log/index.ts';
import { createTopups } from '../../src/modules/topups/index.ts';
import { createOperatorRegistry } from '../../src/operators/registry.ts';
import { createUnitelOperator } from '../../src/operators/unitel/index.ts';
import { openTestApi, type TestAnswer, type TestCall } from '../harness/api.ts';
import { runStray } from '../harness/run-stray.ts';
import { toUnitelSettings } from '../harness/simulated-unitel.ts';
import { wireShop } from '../harness/wire-shop.ts';
import type { Ground } from './ground.ts';
import { createMortal, type Life } from './mortal.ts';

export interface ShopProcess {
  readonly life: Life;
  readonly workers: readonly Worker[];
  /** `undefined` when the process died before it answered. */
  call(route: string, options: TestCall): Promise<TestAnswer | undefined>;
  /** A run that no lease protects. It ends when the process does. */
  stray(job: string, payload: object): Promise<void>;
  close(): Promise<void>;
}

const CONFIG = { payExpireMs: 15 * 60_000, maxUnpaid: 1_000 };

export async function startProcess(ground: Ground, workers: number): Promise<ShopProcess> {
  const { clock, gateway, simulators } = ground;
  const { life, db, outbound } = createMortal(ground.db, ground.outbound);
  const operator = createUnitelOperator({ settings: toUnitelSettings(simulators), outbound, clock });
  const operators = createOperatorRegistry([operator]);
  const { modules } = wireShop({
    ...{ db, clock, gateway, config: CONFIG },
    deliverer: (parts) => createTopups({ ...parts, operators, log: silentLogger, hasAutoRefund: true }),
  });
  const handlers = modules.flatMap(({ jobs }) => jobs);
  const api = await openTestApi({
    ...{ db, clock },
    registerRoutes(router) {
      for (const module of modules) {
        module.registerRoutes(router);
      }
    },
  });
  const untilDeath = <T>(work: Promise<T>) => Promise.race([work, life.end.then(() => undefined)]);
  return {
    life,
    workers: Array.from({ length: workers }, () => createWorker({ db, clock, log: silentLogger, handlers })),
    call: (route, options) => untilDeath(api.call(route, options)),
    async stray(job, payload) {
      // Nothing was sent, or its process has died: both are for the workers to deal with.
      await untilDeath(runStray(handlers, job, payload)).catch(() => undefined);
    },
    async close() {
      life.kill();
      life.bury();
      await api.close();
    },
  };
}

/** An Idempotency-Key. */
export const newKey = (): string => `sends-${randomCode(16)}`;
