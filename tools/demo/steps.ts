import { performance } from 'node:perf_hooks';

/** Runs one step of the story; `act` answers the step's result and what to print of it. */
export type Step = <T>(name: string, act: () => Promise<readonly [T, string]>) => Promise<T>;

export interface StepTable {
  readonly step: Step;
  /** How many steps were done. */
  count(): number;
}

/** Prints a row for each step as it ends: how long it took, its name, what came of it. */
export function createStepTable(print: (line: string) => void): StepTable {
  let done = 0;
  print(`${'ms'.padStart(7)}  ${'step'.padEnd(46)}  result`);
  return {
    async step(name, act) {
      const startedAt = performance.now();
      const [result, shown] = await act();
      done += 1;
      print(`${String(Math.round(performance.now() - startedAt)).padStart(7)}  ${name.padEnd(46)}  ${shown}`);
      return result;
    },
    count: () => done,
  };
}
