import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { LoadOrder, LoadReport } from './request.ts';

const WORKER = fileURLToPath(new URL('./worker.ts', import.meta.url));

/** Sends the requests from a process of its own and answers what came of them. */
export async function runLoad(order: LoadOrder): Promise<LoadReport> {
  const worker = fork(WORKER, { serialization: 'advanced' });
  worker.send(order);
  const [report] = (await once(worker, 'message')) as [LoadReport];
  await once(worker, 'exit');
  return report;
}

/** Answers other than the expected ones. */
export function countErrors(report: LoadReport, expected: readonly number[]): number {
  return Object.entries(report.statuses)
    .filter(([status]) => !expected.includes(Number(status)))
    .reduce((sum, [, count]) => sum + count, 0);
}
