/**
 * Loaded into the server with `node --import`, this makes it die at one of the kernel's boundaries (RULES 35):
 *   CRASH_AT=commit.before:order.place#2   kills the process the second time that boundary is reached
 *   CRASH_LOG=FILE                         appends every boundary that is reached, one a line
 * Without either it does nothing.
 */
import { appendFileSync } from 'node:fs';
import { onBoundary } from '../../src/kernel/boundaries.ts';
import { createCrashCounter, formatBoundary, parseCrashPoint } from './crash-point.ts';

const { CRASH_AT, CRASH_LOG } = process.env;
const isDue = CRASH_AT ? createCrashCounter(parseCrashPoint(CRASH_AT)) : () => false;

/** As `kill -9` does it: no handler runs, nothing is flushed, and not one more line of this process. */
function die(): never {
  process.kill(process.pid, 'SIGKILL');
  for (;;) {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_000);
  }
}

if (CRASH_AT || CRASH_LOG) {
  onBoundary((kind, name) => {
    if (CRASH_LOG) {
      appendFileSync(CRASH_LOG, `${formatBoundary(kind, name)}\n`);
    }
    if (isDue(kind, name)) {
      die();
    }
  });
}
