/** The examination on a thread of its own: on SQLite its queries would otherwise hold up every request (RULES 18). */
import { parentPort, workerData } from 'node:worker_threads';
import { systemClock } from '../../kernel/clock.ts';
import { openDb } from '../../kernel/db/index.ts';
import { runDoctor } from './run-doctor.ts';

const { databaseUrl } = workerData as { readonly databaseUrl: string };
const db = await openDb(databaseUrl, { clock: systemClock, poolSize: 1 });
try {
  parentPort?.postMessage(await runDoctor(db, systemClock));
} finally {
  await db.close();
}
