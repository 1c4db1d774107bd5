import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openTestDb } from '../../test/harness/database.ts';
import { systemActor } from './actor.ts';
import { systemClock } from './clock.ts';
import { type Db, insertRow, integer, key, openDb, table } from './db/index.ts';
import { illegalTransition, isError } from './errors.ts';
import { readHistory } from './history.ts';
import {
  canMove,
  defineStates,
  initialVersion,
  type Machine,
  recordInitialStates,
  type StateTable,
  transition,
} from './states.ts';

interface DoorRow {
  id: string;
  version: number;
  status: string;
  lock_status: string;
  opened_at: number | null;
  updated_at: number;
}

declare module './db/types.ts' {
  interface Schema {
    /** Only in this test. */
    test_doors: DoorRow;
  }
}

const door = defineStates({
  name: 'door',
  initial: ['shut'],
  ends: ['broken'],
  arrows: { shut: ['open', 'broken'], open: ['shut', 'broken'], broken: [] },
});
const lock = defineStates({
  name: 'lock',
  initial: ['free'],
  ends: [],
  arrows: { free: ['locked'], locked: ['free'] },
});
/** Not defined for the whole program: doctor would look for its table in every other test of this process. */
const machine: Machine = {
  entity: 'door',
  table: 'test_doors',
  fields: { status: door, lock_status: lock },
};
const by = systemActor('test');

describe('a state table', () => {
  const wrong: Record<string, [Partial<StateTable<string>>, string]> = {
    'a state that can not be reached': [{ arrows: { a: ['b'], b: [], c: ['b'] } }, 'c can not be reached'],
    'an arrow to nowhere': [{ arrows: { a: ['b', 'x'], b: [] } }, 'which is no state'],
    'an end that is not named': [{ ends: [] }, 'leads nowhere'],
  };
  test.each(Object.entries(wrong))('with %s is refused at start', (_name, [parts, message]) => {
    const states = { name: 'wrong', initial: ['a'], ends: ['b'], arrows: { a: ['b'], b: [] }, ...parts };
    expect(() => defineStates<string>(states)).toThrow(message);
  });

  test('may have late arrows out of an end, if it is named', () => {
    const late = defineStates({
      name: 'late',
      initial: ['open'],
      ends: ['closed', 'paid'],
      arrows: { open: ['closed', 'paid'], closed: ['paid'], paid: [] },
    });
    expect([canMove(late, 'closed', 'paid'), canMove(late, 'paid', 'closed')]).toEqual([true, false]);
  });
});

describe('a row', () => {
  let db: Db & { readonly url: string };
  let other: Db;
  beforeAll(async () => {
    db = await openTestDb({ clock: systemClock, rehearse: false });
    other = await openDb(db.url, { clock: systemClock });
    const columns = {
      id: key(),
      version: integer(),
      status: key(16),
      lock_status: key(16),
      opened_at: integer().nullable(),
      updated_at: integer(),
    };
    await db.administer(async (connection) => {
      for (const step of table('test_doors', columns, { primaryKey: ['id'] })) {
        await connection.run(step.sql(db.engine) ?? '', []);
      }
    });
  });
  afterAll(async () => {
    await other.close();
    await db.close();
  });
  beforeEach(() =>
    db.tx('arrange', async (tx) => {
      await tx.query.deleteFrom('test_doors').execute();
      await tx.query.deleteFrom('state_history').execute();
      const states = { status: 'shut', lock_status: 'free' };
      const row = {
        id: 'd1',
        version: initialVersion(machine),
        ...states,
        opened_at: null,
        updated_at: tx.now,
      };
      await insertRow(tx, 'test_doors', row);
      await recordInitialStates(tx, machine, 'd1', states, { by });
    }),
  );

  const read = async (): Promise<DoorRow> =>
    await db.query.selectFrom('test_doors').selectAll().executeTakeFirstOrThrow();
  const versions = async () =>
    (await db.query.selectFrom('state_history').selectAll().orderBy('version').execute()).map(
      (row) => `${row.version} ${row.field} ${row.from_state ?? ''}>${row.to_state}`,
    );

  test('moves along its arrows with other columns and one history row a step', async () => {
    const shut = await read();
    const open = await db.tx('open', (tx) =>
      transition(
        tx,
        machine,
        shut,
        { status: 'open', lock_status: 'locked' },
        { by, note: 'late', set: { opened_at: 7 } },
      ),
    );
    expect(open).toMatchObject({ status: 'open', lock_status: 'locked', version: 4, opened_at: 7 });
    expect(await read()).toEqual(open);
    await db.tx('shut', (tx) => transition(tx, machine, open, { status: 'shut' }, { by }));
    expect(await versions()).toEqual([
      '1 status >shut',
      '2 lock_status >free',
      '3 status shut>open',
      '4 lock_status free>locked',
      '5 status open>shut',
    ]);
    const history = await readHistory(db, ['d1']);
    expect(history[2]).toMatchObject({ entity: 'door', from: 'shut', to: 'open', note: 'late', actor: by });
  });

  test('does not take an arrow that is not there, and says which ones are', async () => {
    const row = await read();
    const illegal = db.tx('illegal', (tx) => transition(tx, machine, row, { lock_status: 'free' }, { by }));
    await expect(illegal).rejects.toSatisfy((error) => isError(error, illegalTransition));
    await expect(illegal).rejects.toMatchObject({
      details: { field: 'lock_status', from: 'free', legal: ['locked'] },
    });
    const unknown = db.tx('unknown', (tx) => transition(tx, machine, row, { opened_at: 1 }, { by }));
    await expect(unknown).rejects.toThrow('no status column opened_at');
    expect(await versions()).toHaveLength(2);
  });

  test('can not begin in any state but an initial one', async () => {
    const wrong = db.tx('wrong', (tx) => recordInitialStates(tx, machine, 'd2', { status: 'open' }, { by }));
    await expect(wrong).rejects.toThrow('can not begin as open');
  });

  test('that has changed since it was read is a conflict, and the transaction looks again', async () => {
    const stale = await read();
    await db.tx('first', (tx) => transition(tx, machine, stale, { status: 'open' }, { by }));
    let runs = 0;
    await db.tx('second', async (tx) => {
      runs += 1;
      const row = runs === 1 ? stale : ((await tx.lock('test_doors', 'd1')) as DoorRow);
      await transition(tx, machine, row, { status: 'broken' }, { by });
    });
    expect(runs).toBe(2);
    expect(await versions()).toEqual(expect.arrayContaining(['4 status open>broken']));
  });

  test('that many try to move at once is moved once, and the others see an illegal arrow', async () => {
    const move = (on: Db) =>
      on.tx('race', async (tx) => {
        const row = await tx.query.selectFrom('test_doors').selectAll().executeTakeFirstOrThrow();
        await transition(tx, machine, row, { status: 'open' }, { by });
      });
    const results = await Promise.allSettled(Array.from({ length: 12 }, (_, n) => move(n % 2 ? db : other)));
    const refusals = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
    expect(refusals).toHaveLength(11);
    expect(refusals.every((error) => isError(error, illegalTransition))).toBe(true);
    expect(await versions()).toHaveLength(3);
  });

  test('whose history already holds the version can not be moved past it', async () => {
    const row = await read();
    await expect(
      db.tx('forged', async (tx) => {
        await transition(tx, machine, row, { status: 'open' }, { by });
        await recordInitialStates(tx, machine, 'd1', { status: 'shut' }, { by });
      }),
    ).rejects.toThrow();
    expect((await read()).status).toBe('shut');
  });
});
