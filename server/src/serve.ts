/** The composed server and its worker, from the open database to the last line on the screen; and stops it in order. */
import closeWithGrace from 'close-with-grace';
import { type Application, compose } from './compose.ts';
import { loadGateways } from './create-gateways.ts';
import { systemClock } from './kernel/clock.ts';
import type { Config } from './kernel/config/index.ts';
import { createLogger, type Logger } from './kernel/log/index.ts';
import { type Kernel, openKernel } from './open-kernel.ts';
import { ensureAdministrator, fillEmptyShop } from './start-data.ts';
import type { RunningSimulators } from './start-simulators.ts';
import { version } from './version.ts';

const CLOSE_WITHIN_MS = 20_000;
/** When nobody waits for the first answers any more. */
const TIDY_AFTER_MS = 2_000;

/** Answers once the server listens. `simulators` have been started and need not answer yet. */
export async function serve(given: Config, simulators: RunningSimulators | undefined): Promise<void> {
  const log = createLogger(given.logLevel);
  for (const warning of given.warnings) {
    log.warn({}, warning);
  }
  const kernel = await openKernel({ config: given, clock: systemClock, log });
  const config = simulators ? await connect(simulators, given, kernel) : given;
  const application = await compose(kernel, config, { phoneUrl: simulators?.phoneUrl ?? null });
  await ensureAdministrator(application.identity, config);
  await fillEmptyShop(kernel, config);
  await application.listen();
  stopGracefully({ log, kernel, application, simulators });
  announce(config, application, simulators);
  tidyMemory();
}

/**
 * Gives back what starting has left, a tenth of the memory: an idle program allocates nothing, so that V8 would never look.
 * Without `--expose-gc`, which `npm start` gives to Node, it stays.
 */
function tidyMemory(): void {
  const { gc } = globalThis;
  if (gc !== undefined) {
    setTimeout(() => gc({ type: 'major', flavor: 'last-resort', execution: 'sync' }), TIDY_AFTER_MS).unref();
  }
}

/** The simulators have every provider; their code is loaded while they start. */
async function connect(simulators: RunningSimulators, given: Config, kernel: Kernel): Promise<Config> {
  const [config] = await Promise.all([simulators.configure(given, kernel.outbound), loadGateways()]);
  return config;
}

interface Parts {
  readonly log: Logger;
  readonly kernel: Kernel;
  readonly application: Application;
  readonly simulators: RunningSimulators | undefined;
}

/** Not ready any more, then drained, then closed: what was begun is finished, what was not is found by its job. */
function stopGracefully({ log, kernel, application, simulators }: Parts): void {
  closeWithGrace({ delay: CLOSE_WITHIN_MS }, async ({ err, signal }) => {
    if (err) {
      log.error({ err }, 'stopping after an error that nobody caught');
    } else {
      log.info({ signal }, 'stopping');
    }
    await application.close();
    await kernel.close();
    await simulators?.stop();
  });
}

function announce(config: Config, application: Application, simulators: RunningSimulators | undefined): void {
  const url = application.url();
  const lines = [
    `Suanpan ${version} · ${config.mode} · ${config.database.url.split(':')[0] ?? ''}`,
    `shop      ${url}/shop`,
    `console   ${url}/console`,
    `API       ${url}/api`,
  ];
  if (simulators) {
    lines.push(`phone     ${simulators.phoneUrl}`);
  }
  if (config.mode !== 'production' && config.secrets.adminPassword !== null) {
    lines.push(`staff     admin / ${config.secrets.adminPassword}`);
  }
  process.stdout.write(`\n${lines.map((line) => `  ${line}`).join('\n')}\n\n`);
}
