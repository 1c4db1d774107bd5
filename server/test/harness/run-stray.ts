import { newId } from '../../src/kernel/ids.ts';
import type { JobHandler } from '../../src/kernel/jobs/index.ts';
import { silentLogger } from '../../src/kernel/log/index.ts';

/** One run of a job that no worker has leased: its end changes nothing. */
export function runStray(handlers: readonly JobHandler[], name: string, payload: object): Promise<void> {
  const handler = handlers.find(({ definition }) => definition.name === name);
  if (handler === undefined) {
    throw new Error(`there is no job ${name}`);
  }
  const ends = { complete: async () => undefined, reschedule: async () => undefined };
  const signal = new AbortController().signal;
  const log = silentLogger;
  return handler.run({ id: newId('job'), payload, attempt: 1, createdAt: 0, signal, log, ...ends });
}
