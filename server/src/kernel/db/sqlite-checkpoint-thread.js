/**
 * The thread of sqlite-checkpoints.ts. Plain JavaScript, because a thread that loads TypeScript loads Node's type stripper
 * with it, which is 16 MB for a loop of three lines (RULES 29).
 */
import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';

const database = new DatabaseSync(workerData.file, { timeout: 0 });
// Durable before the log is begun anew; and pages are copied, not kept.
database.exec('PRAGMA synchronous = FULL; PRAGMA cache_size = -64');
// PASSIVE waits for nobody, neither readers nor the writer.
const pass = database.prepare('PRAGMA wal_checkpoint(PASSIVE)');

parentPort.on('message', (word) => {
  if (word === 'pass') {
    pass.get();
    parentPort.postMessage('passed');
    return;
  }
  database.close();
  parentPort.close();
});
