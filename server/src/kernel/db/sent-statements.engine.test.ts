import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openTestDb, testEngine } from '../../../test/harness/database.ts';
import { systemClock } from '../clock.ts';
import {
  type Db,
  insertRow,
  isUniqueViolation,
  TransactionConflict,
  TransactionMisuse,
  type Tx,
} from './index.ts';

let db: Db & { readonly url: string };

beforeAll(async () => {
  db = await openTestDb({ clock: systemClock, rehearse: false });
});
afterAll(() => db.close());
beforeEach(async () => {
  await db.tx('clean', (tx) => tx.query.deleteFrom('events').execute());
});

const event = (id: string) => ({ id, name: 'test.sent', version: 1, subject: 's', data: '{}', at: 1 });
const add = (tx: Tx, id: string) => insertRow(tx, 'events', event(id));
const stored = async () =>
  (await db.query.selectFrom('events').select('id').orderBy('id').execute()).map(({ id }) => id);
/** Matches no row. */
const rename = (tx: Tx, mustMatch: () => Error) =>
  tx.send("UPDATE events SET name = 'x' WHERE id = 'evt_nowhere'", [], mustMatch);

describe('a statement whose answer nobody waits for', () => {
  test('is done in its turn, and seen by those after it', async () => {
    await db.tx('sent', async (tx) => {
      await add(tx, 'evt_a');
      await tx.send("DELETE FROM events WHERE id = 'evt_a'", []);
      await add(tx, 'evt_b');
      await add(tx, 'evt_c');
      expect(await tx.query.selectFrom('events').select('id').orderBy('id').execute()).toEqual([
        { id: 'evt_b' },
        { id: 'evt_c' },
      ]);
    });
    expect(await stored()).toEqual(['evt_b', 'evt_c']);
  });

  test.each<[string, (tx: Tx) => Promise<unknown>]>([
    ['is the last', async () => undefined],
    ['is followed by others like it', (tx) => add(tx, 'evt_later')],
    ['is followed by one that is waited for', (tx) => tx.insertOnce('events', event('evt_later'))],
    ['is followed by rows at the end', async (tx) => tx.append('events', event('evt_later'))],
    [
      'is followed by a refusal of the program',
      async () => {
        throw new Error('decided on what was not so');
      },
    ],
  ])('fails its transaction with its own error when it %s', async (_when, then) => {
    await db.tx('first', (tx) => add(tx, 'evt_a'));
    let runs = 0;
    const refused = db.tx('refused', async (tx) => {
      runs += 1;
      await add(tx, 'evt_b');
      await add(tx, 'evt_a');
      await then(tx);
    });
    await expect(refused).rejects.toSatisfy(isUniqueViolation);
    expect(runs).toBe(1);
    expect(await stored()).toEqual(['evt_a']);
    await db.tx('the connection is as good as before', (tx) => add(tx, 'evt_z'));
    expect(await stored()).toEqual(['evt_a', 'evt_z']);
  });

  test.each<[string, (tx: Tx) => Promise<unknown>]>([
    ['at the end', async () => undefined],
    ['before rows at the end', async (tx) => tx.append('events', event('evt_later'))],
    [
      'before a refusal that decided on it',
      async () => {
        throw new Error('decided on what was not so');
      },
    ],
  ])('that must match a row and matches none lets the whole callback begin anew, %s', async (_when, then) => {
    let runs = 0;
    await db.tx('second try', async (tx) => {
      runs += 1;
      await add(tx, `evt_${runs}`);
      if (runs === 1) {
        await rename(tx, () => new TransactionConflict('somebody was faster'));
        await then(tx);
      }
    });
    expect(runs).toBe(2);
    expect(await stored()).toEqual(['evt_2']);
  });

  test('that never reached the engine refuses the commit as well', async () => {
    const unbound = db.tx('unbound', async (tx) => {
      await add(tx, 'evt_a');
      await tx.send('DELETE FROM events', [undefined]);
    });
    await expect(unbound).rejects.toThrow('undefined');
    expect(await stored()).toEqual([]);
  });

  test('can not come after the callback has settled', async () => {
    let leaked: Tx | undefined;
    await db.tx('leak', async (tx) => {
      leaked = tx;
    });
    await expect(leaked?.send('DELETE FROM events', [])).rejects.toThrow(TransactionMisuse);
  });

  if (testEngine() === 'postgres') {
    test('is on its way while the callback goes on', async () => {
      await db.tx('first', (tx) => add(tx, 'evt_a'));
      const { promise: isHeld, resolve: held } = Promise.withResolvers<void>();
      const { promise: mayEnd, resolve: end } = Promise.withResolvers<void>();
      const holder = db.administer(async (connection) => {
        await connection.run('BEGIN', []);
        await connection.run("DELETE FROM events WHERE id = 'evt_a'", []);
        held();
        await mayEnd;
        await connection.run('COMMIT', []);
      });
      await isHeld;
      // It waits for the row, and who sent it does not wait for it.
      await db.tx('does not wait', async (tx) => {
        await tx.send("UPDATE events SET name = 'x' WHERE id = 'evt_a'", []);
        end();
      });
      await holder;
      expect(await stored()).toEqual([]);
    });
  }
});
