/** `npm run simulate`: a random shop from a seed; see simulation.ts. */
import { randomInt } from 'node:crypto';
import { readCommandLine, readNumber } from '../../../tools/command-line.ts';
import { runSimulation } from './simulation.ts';

const HELP = `npm run simulate [-- OPTIONS]

A shop with random buyers and a provider that fails at random; then every invariant is checked.

  --seed N     the same seed plays the same (a random one, which is printed)
  --steps N    how long it goes on (500)
  --runs N     how many seeds, one after the other (1)
  --help
`;

const { values } = readCommandLine(HELP, {
  options: {
    seed: { type: 'string' },
    steps: { type: 'string', default: '500' },
    runs: { type: 'string', default: '1' },
  },
});

const first = values.seed === undefined ? randomInt(2 ** 31) : readNumber('--seed', values.seed);
const steps = readNumber('--steps', values.steps, 1);
const runs = readNumber('--runs', values.runs, 1);
for (let seed = first; seed < first + runs; seed += 1) {
  const startedAt = performance.now();
  const { done, answers, ends, wrong } = await runSimulation({ seed, steps });
  const seconds = Math.round((performance.now() - startedAt) / 1_000);
  console.log(
    `seed ${seed}, ${steps} steps, ${seconds} s: ${wrong.length === 0 ? 'every invariant holds' : 'BROKEN'}`,
  );
  console.log(`  done     ${JSON.stringify(done)}`);
  console.log(`  answers  ${JSON.stringify(answers)}`);
  console.log(`  ends     ${JSON.stringify(ends)}`);
  for (const line of wrong) {
    console.log(`  ${line}`);
  }
  if (wrong.length > 0) {
    console.log(`  again: npm run simulate -- --seed ${seed} --steps ${steps}`);
    process.exitCode = 1;
  }
}
