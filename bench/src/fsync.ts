import { closeSync, fsyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median } from './result.ts';

const ROUNDS = 60;

/** How long an fsync of a small append takes on the disk that the databases stand on: median, in microseconds. */
export function measureFsyncUs(): number {
  const folder = mkdtempSync(join(tmpdir(), 'suanpan-fsync-'));
  const file = openSync(join(folder, 'probe'), 'w');
  const page = Buffer.alloc(4_096, 1);
  const durations: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    writeSync(file, page);
    const startedAt = performance.now();
    fsyncSync(file);
    durations.push((performance.now() - startedAt) * 1_000);
  }
  closeSync(file);
  rmSync(folder, { recursive: true });
  return Math.round(median(durations));
}
