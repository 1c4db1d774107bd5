import { spawn } from 'node:child_process';

/** One thing that must hold, and the command that finds out. */
export interface Step {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  readonly environment?: Readonly<Record<string, string>>;
}

export interface StepResult {
  readonly name: string;
  readonly isPassed: boolean;
  readonly seconds: number;
  /** What the command printed, both streams in the order they came. */
  readonly output: string;
}

function runStep(step: Step): Promise<StepResult> {
  const startedAt = performance.now();
  const [program, ...parameters] = step.command;
  const child = spawn(program, parameters, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NO_COLOR: '1', ...step.environment },
  });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
  return new Promise((resolve) => {
    const finish = (isPassed: boolean, note = '') =>
      resolve({
        name: step.name,
        isPassed,
        seconds: (performance.now() - startedAt) / 1000,
        output: Buffer.concat(chunks).toString('utf8') + note,
      });
    child.on('error', (error) => finish(false, `${program} can not be started: ${error.message}\n`));
    child.on('close', (code, signal) => finish(code === 0, signal === null ? '' : `ended by ${signal}\n`));
  });
}

/** Runs the steps, `width` at a time and in their order, and reports each one as it ends. All run, also after a failure. */
export async function runSteps(
  steps: readonly Step[],
  width: number,
  report: (result: StepResult) => void,
): Promise<StepResult[]> {
  const waiting = [...steps];
  const results: StepResult[] = [];
  const lane = async () => {
    for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) {
      const result = await runStep(step);
      results.push(result);
      report(result);
    }
  };
  await Promise.all(Array.from({ length: width }, lane));
  return results;
}
