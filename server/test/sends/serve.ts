/**
 * The whole program with its workers, as `npm start` runs it but for its clock, which stands still until the process that
 * started it moves it: `{now}` in epoch milliseconds. It is there to be killed.
 */
import { compose } from '../../src/compose.ts';
import { createFakeClock } from '../../src/kernel/clock.ts';
import { loadConfig } from '../../src/kernel/config/index.ts';
import { createLogger } from '../../src/kernel/log/index.ts';
import { openKernel } from '../../src/open-kernel.ts';

const { SENDS_NOW, SENDS_PASSWORD = '', ...environment } = process.env;
const clock = createFakeClock(Number(SENDS_NOW));
const config = loadConfig(environment, environment.DATA_DIR);
const kernel = await openKernel({ config, clock, log: createLogger(config.logLevel) });
const application = await compose(kernel, config, { phoneUrl: null });
await application.identity.ensureAdministrator(SENDS_PASSWORD);
await application.listen();
process.on('message', ({ now }: { readonly now: number }) => {
  clock.set(now);
  application.worker.wake();
});
process.once('disconnect', () => process.exit(0));
process.send?.({ ready: true });
