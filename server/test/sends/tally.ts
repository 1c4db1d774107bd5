/** Adds up what the runs have brought, and says it. */
import { writeFileSync } from 'node:fs';
import type { Verdict } from './judge.ts';

export interface Tally {
  add(verdicts: readonly Verdict[], wrong: readonly string[]): void;
  /** Processes that died at a boundary, or anywhere. */
  addDeaths(where: readonly string[]): void;
  readonly isSound: boolean;
  /** For people. */
  lines(): string[];
}

/** Of one that did not die at a boundary. */
const ANYWHERE = 'anywhere';

/** The same in classes, such as `call.after unitel.recharge`. */
const classOf = (where: string) => where.replace(/#\d+$/, '').replace(':', ' ');

export function createTally(): Tally {
  const ends = new Map<string, number>();
  const deaths = new Map<string, number>();
  let purchases = 0;
  let sends = 0;
  let most = 0;
  let wrongs = 0;
  let withDeath = 0;

  function count(map: Map<string, number>, name: string): void {
    map.set(name, (map.get(name) ?? 0) + 1);
  }

  return {
    add(verdicts, wrong) {
      for (const verdict of verdicts) {
        purchases += 1;
        sends += verdict.sends;
        most = Math.max(most, verdict.sends);
        count(ends, verdict.end);
      }
      wrongs += wrong.length;
    },
    addDeaths(where) {
      withDeath += where.some((place) => place !== ANYWHERE) ? 1 : 0;
      for (const place of where) {
        count(deaths, classOf(place));
      }
    },
    get isSound() {
      return wrongs === 0 && most <= 1;
    },
    lines() {
      const sorted = (map: Map<string, number>) => [...map].sort(([, one], [, other]) => other - one);
      const died = [...deaths.values()].reduce((sum, number) => sum + number, 0);
      return [
        `${purchases} purchases; the operator received ${sends} requests to deliver, at most ${most} for one purchase`,
        `ends: ${sorted(ends)
          .map(([end, number]) => `${number} ${end}`)
          .join(', ')}`,
        `${withDeath} runs in which a process died at a boundary`,
        `${died} deaths at ${deaths.size} places, most at: ${sorted(deaths)
          .slice(0, 12)
          .map(([place, number]) => `${place} ${number}`)
          .join(', ')}`,
      ];
    },
  };
}

/** For whoever adds results up. */
export function writeReport(numPassedTests: number, numFailedTests: number): void {
  if (process.env.SENDS_REPORT) {
    const report = { numPassedTests, numFailedTests, numPendingTests: 0 };
    writeFileSync(process.env.SENDS_REPORT, JSON.stringify(report));
  }
}
