import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Config, ConfigError } from './kernel/config/index.ts';
import type { Outbound } from './kernel/outbound/index.ts';
import { type AskSimulators, configureMerchants } from './simulated-merchants.ts';

const PROGRAM = fileURLToPath(new URL('../../simulators/bin/suanpan-simulators.js', import.meta.url));
const READY_WITHIN_MS = 15_000;

export interface RunningSimulators {
  readonly controlUrl: string;
  /** The page that plays the buyer's phone. */
  readonly phoneUrl: string;
  /** Waits until they answer, and fills in what a merchant would have been given. */
  configure(config: Config, outbound: Pick<Outbound, 'call'>): Promise<Config>;
  stop(): Promise<void>;
}

/**
 * Starts the provider simulators in a process of their own, on loopback, with their state below the data folder. They
 * end with this process. Development only: production refuses them.
 */
export function startSimulators(config: Config): RunningSimulators {
  const controlUrl = `http://127.0.0.1:${config.simulators.port}`;
  const child = spawn(
    process.execPath,
    [PROGRAM, '--port', String(config.simulators.port), '--data-dir', join(config.dataDir, 'simulators')],
    { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] },
  );
  let hasEnded = false;
  child.once('exit', () => {
    hasEnded = true;
  });

  /** They say over the channel that they listen; a port that is taken ends them instead. */
  async function becomeReady(): Promise<void> {
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), READY_WITHIN_MS);
    try {
      await Promise.race([
        once(child, 'message', { signal: abort.signal }),
        once(child, 'exit', { signal: abort.signal }).then(() => Promise.reject(new Error('they ended'))),
      ]);
    } catch (cause) {
      throw new ConfigError(
        [
          `SIMULATORS_PORT: the simulators did not start; is port ${config.simulators.port}, or one of the seven after it, taken? Set another one, or SIMULATORS=off`,
        ],
        { cause },
      );
    } finally {
      clearTimeout(timer);
    }
  }
  const isReady = becomeReady();
  isReady.catch(() => undefined);

  return {
    controlUrl,
    phoneUrl: `${controlUrl}/phone`,
    async configure(given, outbound) {
      await isReady;
      return connectSimulators(given, outbound);
    },
    async stop() {
      if (!hasEnded) {
        child.kill('SIGTERM');
        await once(child, 'exit');
      }
    },
  };
}

/** Fills in what a merchant would have been given by simulators that are running, whoever has started them. */
export function connectSimulators(config: Config, outbound: Pick<Outbound, 'call'>): Promise<Config> {
  const controlUrl = `http://127.0.0.1:${config.simulators.port}`;
  return configureMerchants(config, askOf(controlUrl, outbound));
}

/** Reads from their control API, or changes something there. */
function askOf(controlUrl: string, outbound: Pick<Outbound, 'call'>): AskSimulators {
  return async <T>(path: string, change?: Readonly<Record<string, unknown>>): Promise<T> => {
    const { body } = await outbound.call({
      provider: 'simulators',
      operation: 'merchant',
      method: change === undefined ? 'GET' : 'PATCH',
      url: `${controlUrl}/control/${path}`,
      redact: [
        'merchantPrivateKeyPem',
        'apiV3Key',
        'secret',
        'appPrivateKeyPem',
        'secretKey',
        'webhookSecret',
      ],
      ...(change !== undefined && {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(change),
      }),
    });
    return JSON.parse(body.toString('utf8')) as T;
  };
}
