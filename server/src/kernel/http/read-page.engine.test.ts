import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { openTestDb } from '../../../test/harness/database.ts';
import { createFakeClock } from '../clock.ts';
import type { Db } from '../db/index.ts';
import { badCursor, isError } from '../errors.ts';
import { type PageSource, readPage } from './read-page.ts';

let db: Db;

beforeAll(async () => {
  db = await openTestDb({ clock: createFakeClock(1_000) });
});

afterAll(() => db.close());

const event = (id: string, subject: string, at: number) => ({
  ...{ id, subject, at, name: 'test.done', version: 1, data: '{}' },
});

beforeEach(async () => {
  await db.tx('test.fill', async (tx) => {
    await tx.query.deleteFrom('events').execute();
    // Two at the same time: the id decides.
    tx.append(
      'events',
      event('e1', 'a', 10),
      event('e2', 'a', 20),
      event('e3', 'a', 20),
      event('e4', 'b', 30),
    );
  });
});

const events = (changes: Partial<PageSource<'events'>> = {}): PageSource<'events'> => ({
  ...{ table: 'events', time: 'at', where: {} },
  ...changes,
});

async function idsOf(
  source: PageSource<'events'>,
  paging: { limit: number; page?: number; cursor?: string },
) {
  const { rows, pagination } = await readPage(db, source, { page: 1, ...paging });
  return { ids: rows.map(({ id }) => id), pagination };
}

test('pages by number and by cursor hold the same rows, newest first', async () => {
  const first = await idsOf(events(), { limit: 2 });
  expect(first.ids).toEqual(['e4', 'e3']);
  expect(first.pagination).toMatchObject({ page: 1, limit: 2, total: 4, pages: 2 });
  expect((await idsOf(events(), { limit: 2, page: 2 })).ids).toEqual(['e2', 'e1']);
  const second = await idsOf(events(), { limit: 2, cursor: first.pagination.nextCursor as string });
  expect(second.ids).toEqual(['e2', 'e1']);
  expect(second.pagination.nextCursor).toBeUndefined();
});

test('the oldest come first where that is asked for, also behind a cursor', async () => {
  const oldest = events({ isOldestFirst: true });
  const first = await idsOf(oldest, { limit: 2 });
  expect(first.ids).toEqual(['e1', 'e2']);
  expect((await idsOf(oldest, { limit: 2, cursor: first.pagination.nextCursor as string })).ids).toEqual([
    ...['e3', 'e4'],
  ]);
});

test('what is not asked for narrows nothing, and the total counts what matches', async () => {
  const { ids, pagination } = await idsOf(events({ where: { subject: 'a', name: undefined } }), { limit: 2 });
  expect(ids).toEqual(['e3', 'e2']);
  expect(pagination.total).toBe(3);
});

test('a cursor that is none of the list is refused', async () => {
  for (const cursor of ['nonsense', Buffer.from('["x",1]').toString('base64url')]) {
    const failure = await idsOf(events(), { limit: 2, cursor }).catch((error: unknown) => error);
    expect(isError(failure, badCursor)).toBe(true);
  }
});
