/**
 * A process of its own that commits one row after the other on the database at `DATABASE_URL`, several at once, and
 * prints the id of each as soon as its transaction has answered; what is refused is passed over. Tests kill it.
 */
import { systemClock } from '../../src/kernel/clock.ts';
import { insertRow, openDb } from '../../src/kernel/db/index.ts';

const AT_ONCE = 8;
const db = await openDb(process.env.DATABASE_URL ?? '', { clock: systemClock });
const [prefix = 'row', count = '1000'] = process.argv.slice(2);

let next = 0;
async function commitRows(): Promise<void> {
  while (next < Number(count)) {
    next += 1;
    const id = `${prefix}_${next}`;
    const row = { id, name: 'test.row', version: 1, subject: prefix, data: '{}' };
    try {
      await db.tx('acknowledge', (tx) => insertRow(tx, 'events', { ...row, at: tx.now }));
    } catch {
      continue;
    }
    process.stdout.write(`${id}\n`);
  }
}

await Promise.all(Array.from({ length: AT_ONCE }, commitRows));
await db.close();
