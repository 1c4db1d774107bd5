import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { explainFailure } from './explain-failure.ts';
import { systemClock } from './kernel/clock.ts';
import { openDb } from './kernel/db/index.ts';

const failureOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

test('a database that does not answer is named with its setting', async () => {
  const open = async () => {
    const db = await openDb('postgres://nobody@127.0.0.1:1/none', { clock: systemClock, poolSize: 1 });
    try {
      await db.query.selectFrom('jobs').selectAll().execute();
    } finally {
      await db.close();
    }
  };
  const said = explainFailure(await failureOf(open()));
  expect(said).toMatch(
    /^The database does not answer \(.*127\.0\.0\.1:1.*\)\. DATABASE_URL says which one it is\.$/,
  );
});

test('a database file that can not be opened is named with its setting', async () => {
  const failure = await failureOf(openDb(`sqlite:${tmpdir()}`, { clock: systemClock }));
  expect(explainFailure(failure)).toContain('DATABASE_URL');
});

test('a port that is taken is told with what to do', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  const second = createServer();
  const failure = await new Promise((resolve) => {
    second.once('error', resolve);
    second.listen(port, '127.0.0.1');
  });
  server.close();
  expect(explainFailure(failure)).toBe(
    `127.0.0.1:${port} is taken. Set PORT or HOST to another one, or stop what listens there.`,
  );
});

test('what nobody can mend from outside keeps its stack', () => {
  expect(explainFailure(new TypeError('x is not a function'))).toBeUndefined();
});
