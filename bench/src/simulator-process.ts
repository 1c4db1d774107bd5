import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { findFreePort } from './stage.ts';

const PROGRAM = fileURLToPath(new URL('../../simulators/bin/suanpan-simulators.js', import.meta.url));

/** The simulators in a process of their own, with their state in memory: a provider costs the shop no disk. */
export interface SimulatorProcess {
  readonly controlUrl: string;
  /** Calls a verb of the control API: GET, or POST where a body is given. */
  ask<T>(path: string, body?: object): Promise<T>;
  stop(): Promise<void>;
}

/** Starts it; it sends notifications by itself. Throws when the port or one of the seven after it is taken. */
export async function startSimulatorProcess(): Promise<SimulatorProcess> {
  const port = await findFreePort();
  const child = fork(PROGRAM, ['--port', String(port)], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const exited = once(child, 'exit');
  await Promise.race([
    once(child, 'message'),
    exited.then(() => Promise.reject(new Error('the simulators did not start'))),
  ]);
  const controlUrl = `http://127.0.0.1:${port}`;
  return {
    controlUrl,
    async ask<T>(path: string, body?: object): Promise<T> {
      const answer = await fetch(`${controlUrl}/control/${path}`, {
        ...(body !== undefined && {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body),
        }),
      });
      if (!answer.ok) {
        throw new Error(`the simulators answered ${answer.status} to ${path}: ${await answer.text()}`);
      }
      return (await answer.json()) as T;
    },
    async stop() {
      child.disconnect();
      await exited;
    },
  };
}
