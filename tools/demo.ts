/** `npm run demo`: the shop's main job, played over HTTP against a server that it starts. */
import { parseArgs } from 'node:util';
import { createCaller } from './demo/http.ts';
import { startShop } from './demo/shop-process.ts';
import { createStepTable } from './demo/steps.ts';
import { playExpiry, playLateMoney, playPurchase, prepare } from './demo/stories.ts';

const HELP = `npm run demo

Starts a shop of its own on a fresh database with the simulators, plays a purchase, an order that expires and
one whose money comes too late, and checks every invariant. Ends non-zero when anything is not as it should be.`;

/** Long enough to pay in, short enough to wait for. */
const PAY_EXPIRE_MINUTES = '0.15';

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { help: { type: 'boolean', short: 'h' } } });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const shop = await startShop({ PAY_EXPIRE_TIME: PAY_EXPIRE_MINUTES });
  try {
    const table = createStepTable((line) => console.log(line));
    const stage = {
      shop: createCaller(shop.url),
      control: createCaller(shop.controlUrl),
      adminPassword: shop.adminPassword,
      step: table.step,
    };
    const actors = await prepare(stage);
    await playPurchase(stage, actors);
    await playExpiry(stage, actors);
    await playLateMoney(stage, actors);
    console.log(`\n${table.count()} steps done; checking every invariant:\n`);
    return await shop.command('doctor');
  } finally {
    await shop.stop();
  }
}

process.exitCode = await main().catch((error: unknown) => {
  console.error(`\nThe demo stopped: ${error instanceof Error ? error.message : String(error)}`);
  return 1;
});
