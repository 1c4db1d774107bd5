/**
 * The second start of a shop as `npm start` makes it, with the simulators and every provider: time to the first answer,
 * and memory of the server once it idles.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench, BenchOptions } from '../bench.ts';
import { measureFsyncUs } from '../fsync.ts';
import { type BenchResult, currentCommit, currentLoad, median } from '../result.ts';
import { findFreePort, setStage } from '../stage.ts';

const IDLE_AFTER_MS = 5_000;

async function run({ engine, runs }: BenchOptions): Promise<BenchResult[]> {
  const stage = await setStage({ engine, products: 50, customers: 1, onHand: 100 });
  const simulators = { SIMULATORS: 'on', SIMULATORS_PORT: String(await findFreePort()) };
  try {
    await (await stage.startServer(simulators)).stop();
    const starts: number[] = [];
    const memory: number[] = [];
    for (let round = 0; round < runs; round += 1) {
      const server = await stage.startServer(simulators);
      starts.push(server.startMs);
      await sleep(IDLE_AFTER_MS);
      memory.push(server.rssMb());
      await server.stop();
    }
    const startMs = median(starts);
    return [
      {
        ...{ name: 'start', engine, connections: 1, seconds: startMs / 1_000, perSecond: 0 },
        ...{ p50Ms: startMs, p95Ms: Math.max(...starts), p99Ms: Math.max(...starts), rssMb: median(memory) },
        fsyncUs: measureFsyncUs(),
        ...{ limitPerSecond: null, ratioToLimit: null, errors: 0 },
        loadAverage: currentLoad(),
        commit: currentCommit(),
        facts: { startMs, idleRssMb: median(memory) },
      },
    ];
  } finally {
    await stage.close();
  }
}

export const startUp: Bench = {
  name: 'start',
  summary: 'a second start: milliseconds to the first answer, memory when idle',
  engines: ['sqlite'],
  run,
};
