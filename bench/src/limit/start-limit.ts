import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { LimitOrder } from './server.ts';

const SERVER = fileURLToPath(new URL('./server.ts', import.meta.url));

export interface LimitProgram {
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts the limit program in a process of its own. */
export async function startLimit(order: LimitOrder): Promise<LimitProgram> {
  const child: ChildProcess = fork(SERVER, { serialization: 'advanced' });
  child.send(order);
  const [{ url }] = (await once(child, 'message')) as [{ url: string }];
  return {
    url,
    async stop() {
      child.disconnect();
      await once(child, 'exit');
    },
  };
}
