import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { LoadOrder, LoadReport } from './request.ts';

const WORKER = fileURLToPath(new URL('./worker.ts', import.meta.url));

/** Sends the requests from a process of its own and answers what came of them. */
export async function runLoad(order: LoadOrder): Promise<LoadReport> {
  const worker = fork(WORKER, { serialization: 'advanced' });
  const exited = once(worker, 'exit');
  worker.send(order);
  const [report] = await Promise.race([
    once(worker, 'message') as Promise<[LoadReport]>,
    exited.then(diedEarly),
  ]);
  await exited;
  return report;
}

function diedEarly([code, signal]: unknown[]): never {
  throw new Error(`the load program ended without a report (${String(signal ?? code)})`);
}

/** Answers other than the expected ones. */
export function countErrors(report: LoadReport, expected: readonly number[]): number {
  return Object.entries(report.statuses)
    .filter(([status]) => !expected.includes(Number(status)))
    .reduce((sum, [, count]) => sum + count, 0);
}
