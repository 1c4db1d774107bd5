import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestDb } from '../../../test/harness/database.ts';
import { createFakeClock } from '../clock.ts';
import { eraseOld } from './erase-old.ts';
import type { Db } from './types.ts';

let db: Db;

beforeAll(async () => {
  db = await openTestDb({ clock: createFakeClock(0) });
});

afterAll(() => db.close());

async function eraseAmong(rows: readonly { id: string; madeAt: number; isErased: boolean }[]) {
  const erased: string[] = [];
  let pages = 0;
  await eraseOld(db, {
    name: 'test.erase',
    before: 1_000,
    read: async (after, limit) => {
      pages += 1;
      return rows.filter(({ id }) => id > after).slice(0, limit);
    },
    erase: async (tx, ids) => tx.afterCommit(() => void erased.push(...ids)),
  });
  return { erased, pages };
}

const row = (at: number, madeAt: number, isErased = false) => ({
  id: `row_${String(at).padStart(6, '0')}`,
  madeAt,
  isErased,
});

test('every old row is erased once, over as many pages as there are, and young ones stay', async () => {
  const rows = Array.from({ length: 1_700 }, (_, at) => row(at, at, at % 3 === 0));
  const { erased } = await eraseAmong(rows);
  const due = rows.filter(({ madeAt, isErased }) => madeAt < 1_000 && !isErased).map(({ id }) => id);
  expect(erased).toEqual(due);
});

test('a row that stands among younger ones is found, and pages without an old row end it', async () => {
  const rows = Array.from({ length: 3_000 }, (_, at) => row(at, at === 600 ? 5 : at + 501));
  const { erased, pages } = await eraseAmong(rows);
  expect(erased).toHaveLength(500);
  expect(erased).toContain(rows[600]?.id);
  expect(pages).toBe(3);
});
