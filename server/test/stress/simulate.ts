/** `npm run simulate`: a random shop from a seed; see simulation.ts. */
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { runSimulation } from './simulation.ts';

const HELP = `npm run simulate [-- OPTIONS]

A shop with random buyers and a provider that fails at random; then every invariant is checked.

  --seed N     the same seed plays the same (a random one, which is printed)
  --steps N    how long it goes on (500)
  --runs N     how many seeds, one after the other (1)
  --help
`;

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    steps: { type: 'string', default: '500' },
    runs: { type: 'string', default: '1' },
    help: { type: 'boolean', default: false },
  },
});

const first = Number(values.seed ?? randomInt(2 ** 31));
const [steps, runs] = [Number(values.steps), Number(values.runs)];
if (values.help) {
  console.log(HELP);
} else if (![first, steps, runs].every(Number.isSafeInteger)) {
  console.error('--seed, --steps and --runs take whole numbers; see --help');
  process.exitCode = 1;
} else {
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
}
