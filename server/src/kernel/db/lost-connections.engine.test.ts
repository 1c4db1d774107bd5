import { setTimeout as sleep } from 'node:timers/promises';
import mysql from 'mysql2/promise';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openTestDb, testEngine } from '../../../test/harness/database.ts';
import { type CutMode, createTcpProxy, type TcpProxy } from '../../../test/harness/tcp-proxy.ts';
import { systemClock } from '../clock.ts';
import { commitUnknown, isError, serviceUnavailable } from '../errors.ts';
import { type Db, insertRow, openDb, type Tx } from './index.ts';

const engine = testEngine();

function throughPort(url: string, port: number): string {
  const proxied = new URL(url);
  proxied.port = String(port);
  return proxied.href;
}

const event = (id: string) => ({ id, name: 'test.lost', version: 1, subject: 's', data: '{}', at: 1 });

if (engine !== 'sqlite') {
  describe('a connection that is lost', () => {
    let db: Db & { readonly url: string };
    let proxy: TcpProxy;
    let proxied: Db;
    beforeAll(async () => {
      db = await openTestDb({ clock: systemClock, rehearse: false });
      proxy = await createTcpProxy(Number(new URL(db.url).port));
      proxied = await openDb(throughPort(db.url, proxy.port), { clock: systemClock });
    });
    afterAll(async () => {
      await proxied.close();
      await proxy.close();
      await db.close();
    });
    beforeEach(async () => {
      proxy.cut('none', '');
      await db.tx('clean', (tx) => tx.query.deleteFrom('events').execute());
    });

    const stored = async () =>
      (await db.query.selectFrom('events').select('id').execute()).map((row) => row.id);

    test.each<{ mode: CutMode; expected: string[] }>([
      { mode: 'cut-before', expected: [] },
      { mode: 'cut-after', expected: ['evt_1'] },
    ])(
      'during COMMIT leaves the outcome unknown and is never run again ($mode)',
      async ({ mode, expected }) => {
        let runs = 0;
        const unknown = proxied.tx('unknown', async (tx) => {
          runs += 1;
          await insertRow(tx, 'events', event('evt_1'));
          proxy.cut(mode, 'COMMIT');
        });
        await expect(unknown).rejects.toSatisfy((error) => isError(error, commitUnknown));
        expect(runs).toBe(1);
        await sleep(50);
        expect(await stored()).toEqual(expected);
        proxy.cut('none', '');
        await proxied.tx('later', (tx) => insertRow(tx, 'events', event('evt_2')));
        expect(await stored()).toEqual([...expected, 'evt_2']);
      },
    );

    async function kill(tx: Tx): Promise<void> {
      const own = { postgres: 'SELECT pg_backend_pid() AS id', mysql: 'SELECT connection_id() AS id' }[
        engine as 'mysql'
      ];
      const { rows } = await tx.run(own, []);
      const id = Number(rows[0]?.id);
      if (engine === 'postgres') {
        const admin = new pg.Client(db.url);
        await admin.connect();
        await admin.query('SELECT pg_terminate_backend($1)', [id]);
        await admin.end();
      } else {
        const admin = await mysql.createConnection(db.url);
        await admin.query(`KILL ${id}`);
        await admin.end();
      }
    }

    test('before COMMIT lets the whole callback run again on another one', async () => {
      let runs = 0;
      await db.tx('killed', async (tx) => {
        runs += 1;
        await insertRow(tx, 'events', event(`evt_${runs}`));
        if (runs === 1) {
          await kill(tx);
          await tx.run('SELECT 1', []);
        }
      });
      expect(runs).toBe(2);
      expect(await stored()).toEqual(['evt_2']);
    });

    test('while it was idle is not noticed by anybody', async () => {
      const pool = await openDb(throughPort(db.url, proxy.port), { clock: systemClock, poolSize: 1 });
      await pool.tx('first', (tx) => insertRow(tx, 'events', event('evt_1')));
      let runs = 0;
      await pool.tx('second', async (tx) => {
        runs += 1;
        if (runs === 1) {
          await kill(tx);
        }
        await insertRow(tx, 'events', event(`evt_again_${runs}`));
      });
      expect(await stored()).toEqual(['evt_1', 'evt_again_2']);
      await pool.close();
    });

    test('and can not be made again answers 503, for reads too', async () => {
      const closed = await createTcpProxy(1);
      await closed.close();
      const nowhere = await openDb(throughPort(db.url, closed.port), { clock: systemClock });
      const isUnavailable = (error: unknown) => isError(error, serviceUnavailable);
      await expect(nowhere.tx('nowhere', async () => undefined)).rejects.toSatisfy(isUnavailable);
      await expect(nowhere.query.selectFrom('events').selectAll().execute()).rejects.toSatisfy(isUnavailable);
      await nowhere.close();
    });
  });
}

test('a file that can not be opened is an error at once', async () => {
  await expect(openDb('sqlite:/dev/null/none.db', { clock: systemClock })).rejects.toThrow();
  await expect(openDb('mongodb://x', { clock: systemClock })).rejects.toThrow('DATABASE_URL must begin with');
});
