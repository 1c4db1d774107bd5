/**
 * Adds up test reports and prints `N passed, N failed` (`, N skipped` where there are any) as its last line. A report
 * that was never written stands for a run that broke off, and counts as one failure.
 */
import { existsSync, readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

/** The part of a Vitest report that is counted; other runners write the first three numbers. */
export interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly success?: boolean;
  readonly testResults?: readonly {
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
}

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** Counts one report; `undefined` where it is missing. A file that failed without a failed test could not be loaded or set up. */
export function countReport(report: Report | undefined): Counts {
  if (report === undefined) {
    return { passed: 0, failed: 1, skipped: 0 };
  }
  const broken = (report.testResults ?? []).filter(
    ({ status, assertionResults }) =>
      status === 'failed' && assertionResults.every((result) => result.status !== 'failed'),
  );
  const failed = report.numFailedTests + broken.length;
  // An error outside every test, such as an unhandled rejection, fails the run and is in no count.
  const isUnexplained = failed === 0 && report.success === false;
  return {
    passed: report.numPassedTests,
    failed: isUnexplained ? 1 : failed,
    skipped: report.numPendingTests,
  };
}

/** The sum of all runs, in the words of the last line. */
export function describeCounts(counts: readonly Counts[]): string {
  const sum = (key: keyof Counts) => counts.reduce((total, count) => total + count[key], 0);
  const skipped = sum('skipped');
  return `${sum('passed')} passed, ${sum('failed')} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

function readReport(file: string): Report | undefined {
  if (!existsSync(file)) {
    console.log(`${file} is missing: that run broke off`);
    return undefined;
  }
  return JSON.parse(readFileSync(file, 'utf8')) as Report;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const counts = process.argv.slice(2).map((file) => countReport(readReport(file)));
  console.log(describeCounts(counts));
  process.exitCode = counts.every(({ failed }) => failed === 0) ? 0 : 1;
}
