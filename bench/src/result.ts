import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';

/** One measurement. Latencies are open-loop, at half of what the program can do; memory is the server's own process. */
export interface BenchResult {
  readonly name: string;
  readonly engine: string;
  readonly connections: number;
  readonly seconds: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly rssMb: number;
  /** One fsync of a small write on this disk, median, in microseconds. */
  readonly fsyncUs: number;
  /** The bare limit program's figure of the same run, where there is one. */
  readonly limitPerSecond: number | null;
  readonly ratioToLimit: number | null;
  readonly errors: number;
  readonly loadAverage: number;
  readonly commit: string;
  /** What else the measurement found, such as how many were sold. */
  readonly facts?: Readonly<Record<string, number | string>>;
}

/** The middle one of an odd number of values, the upper middle one of an even number. */
export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** Two decimals are more than these machines repeat. */
export function round(value: number): number {
  return Math.round(value * 100) / 100;
}

export function currentCommit(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return 'unknown';
  }
}

export function currentLoad(): number {
  return round(loadavg()[0] ?? 0);
}

const COLUMNS = [
  'name',
  'engine',
  'connections',
  'perSecond',
  'limitPerSecond',
  'ratioToLimit',
  'p50Ms',
  'p95Ms',
  'p99Ms',
  'rssMb',
  'errors',
] as const;

/** The results as a table for people. */
export function toTable(results: readonly BenchResult[]): string {
  const rows = [
    [...COLUMNS],
    ...results.map((result) => COLUMNS.map((column) => String(result[column] ?? '–'))),
  ];
  const widths = COLUMNS.map((_, index) => Math.max(...rows.map((row) => row[index]?.length ?? 0)));
  return rows.map((row) => row.map((cell, index) => cell.padStart(widths[index] ?? 0)).join('  ')).join('\n');
}

/** Writes one JSON object for each measurement into `file`. */
export function writeResults(file: string, results: readonly BenchResult[]): void {
  writeFileSync(file, `${JSON.stringify(results, null, 2)}\n`);
}

/** Keeps the results beside the bench, by name and engine; they are not committed by themselves. */
export function keepResults(results: readonly BenchResult[]): void {
  const folder = new URL('../results/', import.meta.url);
  mkdirSync(folder, { recursive: true });
  for (const result of results) {
    writeFileSync(
      new URL(`${result.name}-${result.engine}.json`, folder),
      `${JSON.stringify(result, null, 2)}\n`,
    );
  }
}
