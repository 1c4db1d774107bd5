/** `npm run sends`: proves that a top-up is sent at most once; see play.ts and kills.ts. */
import { randomInt } from 'node:crypto';
import { readCommandLine, readName, readNumber } from '../../../tools/command-line.ts';
import { systemClock } from '../../src/kernel/clock.ts';
import { runDoctor } from '../../src/modules/doctor/index.ts';
import { openGround } from './ground.ts';
import { playKills } from './kills.ts';
import { playRun } from './play.ts';
import { createTally, type Tally, writeReport } from './tally.ts';

const RUNS_ON_ONE_GROUND = 50;
const RUNS_FOR_ONE_KILL = 40;
const SAMPLE = { runs: 150, kills: 4 };

const HELP = `npm run sends [-- OPTIONS]

Whole purchases of top-ups, from a seed: up to a hundred workers at once, notifications that come again, processes that
die at the kernel's boundaries or anywhere, leases that end, an operator that does not answer or does not tell the truth.
Then the real server, ended by kill -9 while it sells. The requests that the simulated operator has received are counted:
never more than one for a purchase. Ends with a status other than 0 where anything is not as it must be.

  --runs N     seeds in this process (2000)
  --kills N    of the real server (one for ${RUNS_FOR_ONE_KILL} runs)
  --seed N     the first seed (a random one, which is printed)
  --sample     ${SAMPLE.runs} runs and ${SAMPLE.kills} kills, about a minute
  --engine E   sqlite (default), postgres or mysql
  --help
`;

interface Options {
  readonly seed: number;
  readonly runs: number;
  readonly kills: number;
}

/** The runs of one ground: they share a database, as the days of one shop do. Answers how many were not sound. */
async function playOnOneGround(seeds: readonly number[], tally: Tally): Promise<number> {
  const ground = await openGround();
  let broken = 0;
  try {
    for (const seed of seeds) {
      const { verdicts, deaths, wrong } = await playRun(ground, seed);
      tally.add(verdicts, wrong);
      tally.addDeaths(deaths);
      broken += wrong.length > 0 ? 1 : 0;
      for (const line of wrong) {
        console.log(`  BROKEN  seed ${seed}: ${line}`);
        console.log(`          again: npm run sends -- --seed ${seed} --runs 1 --kills 0`);
      }
    }
    const { violations } = await runDoctor(ground.db, systemClock);
    const wrong = violations.map(({ invariant, subject, message }) => `${invariant} ${subject}: ${message}`);
    tally.add([], wrong);
    for (const line of wrong) {
      console.log(`  BROKEN  seeds ${seeds[0]} to ${seeds.at(-1)}: ${line}`);
    }
    return broken + (wrong.length > 0 ? 1 : 0);
  } finally {
    await ground.close();
  }
}

const secondsSince = (startedAt: number): number => Math.round((performance.now() - startedAt) / 1_000);

async function prove({ seed, runs, kills }: Options): Promise<boolean> {
  const startedAt = performance.now();
  const tally = createTally();
  let broken = 0;
  console.log(`seed ${seed}: ${runs} runs, then ${kills} kills of the real server`);
  for (let first = 0; first < runs; first += RUNS_ON_ONE_GROUND) {
    const count = Math.min(RUNS_ON_ONE_GROUND, runs - first);
    broken += await playOnOneGround(
      Array.from({ length: count }, (_none, index) => seed + first + index),
      tally,
    );
    console.log(`${String(first + count).padStart(6)} runs  ${secondsSince(startedAt)} s`);
  }
  if (kills > 0) {
    const report = await playKills(seed, kills);
    tally.add(report.verdicts, report.wrong);
    for (const point of report.points) {
      tally.addDeaths([point]);
    }
    broken += report.wrong.length > 0 ? 1 : 0;
    for (const line of report.wrong) {
      console.log(`  BROKEN  kills of seed ${seed}: ${line}`);
    }
    console.log(`${String(kills).padStart(6)} kills ${secondsSince(startedAt)} s`);
  }
  for (const line of tally.lines()) {
    console.log(line);
  }
  const played = runs + (kills > 0 ? 1 : 0);
  console.log(
    `${runs} runs and ${kills} kills in ${secondsSince(startedAt)} s: ${tally.isSound ? 'no purchase was sent twice, every invariant holds' : 'BROKEN'}`,
  );
  writeReport(played - broken, broken);
  return tally.isSound;
}

const { values } = readCommandLine(HELP, {
  options: {
    seed: { type: 'string' },
    runs: { type: 'string' },
    kills: { type: 'string' },
    sample: { type: 'boolean', default: false },
    engine: { type: 'string', default: 'sqlite' },
  },
});

const runs = readNumber('--runs', values.runs ?? String(values.sample ? SAMPLE.runs : 2_000));
const ownKills = values.sample ? SAMPLE.kills : Math.ceil(runs / RUNS_FOR_ONE_KILL);
const kills = readNumber('--kills', values.kills ?? String(ownKills));
const seed = values.seed === undefined ? randomInt(2 ** 31) : readNumber('--seed', values.seed);
process.env.TEST_ENGINE = readName('--engine', values.engine, ['sqlite', 'postgres', 'mysql']);
process.exitCode = (await prove({ seed, runs, kills })) ? 0 : 1;
