/** `npm run demo -- STORY …`: stories of the shop, each played over HTTP against a server that it starts. */
import { readCommandLine, refuse } from './command-line.ts';
import type { Stage } from './demo/cast.ts';
import { playCoins } from './demo/coins.ts';
import { createCaller } from './demo/http.ts';
import { playRails } from './demo/rails.ts';
import { createShopFolder, type ShopFolder } from './demo/shop-process.ts';
import { createStepTable } from './demo/steps.ts';
import { playMain } from './demo/stories.ts';
import { playTopup } from './demo/topup.ts';

const HELP = `npm run demo -- [main|rails|coins|topup] …

Starts a shop of its own on a fresh database with the simulators for each story, plays it, and checks every invariant.
Ends non-zero when anything is not as it should be.

  main   a purchase, an order that expires and one whose money comes too late (the default)
  rails  a purchase and a refund on every rail, and the day's bills with twelve planted differences
  coins  packages, coins bought through Alipay, spent, refunded, put right by two people, and gifts that expire
  topup  phone top-ups: delivered once, refused and refunded, of unknown outcome and decided by staff`;

interface Story {
  readonly settings: Readonly<Record<string, string>>;
  play(stage: Stage, folder: ShopFolder): Promise<void>;
}

const STORIES: Readonly<Record<string, Story>> = {
  main: {
    // Long enough to pay in, short enough to wait for.
    settings: { PAY_EXPIRE_TIME: '0.15' },
    async play(stage, folder) {
      await folder.open();
      await playMain(stage);
    },
  },
  rails: {
    // Cards are held first, and taken when the goods go out or when staff says so.
    settings: { STRIPE_CAPTURE: 'manual' },
    play: playRails,
  },
  coins: { settings: {}, play: playCoins },
  topup: { settings: {}, play: playTopup },
};

async function run(story: Story): Promise<number> {
  const folder = await createShopFolder(story.settings);
  try {
    const table = createStepTable((line) => console.log(line));
    const stage = {
      shop: createCaller(folder.url),
      control: createCaller(folder.controlUrl),
      adminPassword: folder.adminPassword,
      step: table.step,
    };
    await story.play(stage, folder);
    console.log(`\n${table.count()} steps done; checking every invariant:\n`);
    return await folder.command('doctor');
  } finally {
    await folder.discard();
  }
}

async function main(): Promise<number> {
  const { positionals } = readCommandLine(HELP, { allowPositionals: true });
  const names = positionals.length === 0 ? ['main'] : positionals;
  const stories = names.map((name) => (Object.hasOwn(STORIES, name) ? STORIES[name] : undefined));
  let worst = 0;
  for (const [index, story] of stories.entries()) {
    if (story === undefined) {
      refuse(`There is no story "${names[index]}". Stories: ${Object.keys(STORIES).join(', ')}.`);
    }
  }
  for (const [index, story] of stories.entries()) {
    console.log(`${index > 0 ? '\n' : ''}${names[index]}\n`);
    worst = Math.max(worst, story === undefined ? 1 : await run(story));
  }
  return worst;
}

process.exitCode = await main().catch((error: unknown) => {
  console.error(`\nThe demo stopped: ${error instanceof Error ? error.message : String(error)}`);
  return 1;
});
