import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Config, WechatApp } from './kernel/config/index.ts';
import type { Outbound } from './kernel/outbound/index.ts';
import { connectSimulatedPaypal } from './simulated-paypal.ts';

const PROGRAM = fileURLToPath(new URL('../../simulators/bin/suanpan-simulators.js', import.meta.url));
const READY_WITHIN_MS = 15_000;

/** What the simulated WeChat would have given to a merchant; see simulators/README.md. */
interface SimulatedMerchant {
  readonly mchid: string;
  readonly merchantSerialNo: string;
  readonly merchantPrivateKeyPem: string;
  readonly apiV3Key: string;
  readonly publicKeyId: string;
  readonly publicKeyPem: string;
  readonly apps: readonly WechatApp[];
  readonly apiBaseUrl: string;
  readonly openApiBaseUrl: string;
}

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
      throw new Error(
        `The simulators did not start; is port ${config.simulators.port} taken? Set SIMULATORS_PORT, or SIMULATORS=off.`,
        { cause },
      );
    } finally {
      clearTimeout(timer);
    }
  }
  const isReady = becomeReady();
  isReady.catch(() => undefined);

  async function readMerchant(outbound: Pick<Outbound, 'call'>): Promise<SimulatedMerchant> {
    await isReady;
    const { body } = await outbound.call({
      provider: 'simulators',
      operation: 'merchant',
      method: 'GET',
      url: `${controlUrl}/control/wechat-pay/merchant`,
      redact: ['merchantPrivateKeyPem', 'apiV3Key', 'secret'],
    });
    return JSON.parse(body.toString('utf8')) as SimulatedMerchant;
  }

  return {
    controlUrl,
    phoneUrl: `${controlUrl}/phone`,
    async configure(given, outbound) {
      const merchant = await readMerchant(outbound);
      const paypal = given.paypal ?? (await connectSimulatedPaypal(given, controlUrl, outbound));
      return { ...withMerchant(given, merchant), paypal };
    },
    async stop() {
      if (!hasEnded) {
        child.kill('SIGTERM');
        await once(child, 'exit');
      }
    },
  };
}

function withMerchant(config: Config, merchant: SimulatedMerchant): Config {
  return {
    ...config,
    wechat: { ...config.wechat, apps: merchant.apps, apiBaseUrl: merchant.openApiBaseUrl },
    wechatPay: {
      mchid: merchant.mchid,
      merchantSerialNo: merchant.merchantSerialNo,
      privateKeyPem: merchant.merchantPrivateKeyPem,
      apiV3Key: merchant.apiV3Key,
      publicKey: { id: merchant.publicKeyId, pem: merchant.publicKeyPem },
      baseUrl: merchant.apiBaseUrl,
      feeBasisPoints: config.wechatPay?.feeBasisPoints ?? 60,
    },
  };
}
