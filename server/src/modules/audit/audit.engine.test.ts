import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTestApi, type TestApi, tokenOf } from '../../../test/harness/api.ts';
import { openTestDb } from '../../../test/harness/database.ts';
import { createFakeClock } from '../../kernel/clock.ts';
import type { Db } from '../../kernel/db/index.ts';
import { createAudit, writeAudit } from './index.ts';

const START = Date.parse('2026-03-01T00:00:00Z');
const clock = createFakeClock(START);
const auditor = tokenOf({ userId: 'usr_auditor', kind: 'staff', permissions: ['audit.read'] });

function cancelOrder(db: Db, orderId: string, userId = 'usr_1'): Promise<void> {
  return db.tx('order.cancel', (tx) =>
    writeAudit(tx, {
      actor: { type: 'staff', id: userId },
      action: 'order.cancel',
      target: { type: 'order', id: orderId },
      before: { status: 'pending' },
      after: { status: 'cancelled' },
      ip: '192.0.2.7',
    }),
  );
}

describe('the audit log', () => {
  let db: Db;
  let api: TestApi;
  beforeAll(async () => {
    db = await openTestDb({ clock });
    api = await openTestApi({ db, clock, registerRoutes: createAudit({ db }).registerRoutes });
    for (let n = 1; n <= 5; n += 1) {
      await cancelOrder(db, `ord_${n}`, n === 5 ? 'usr_2' : 'usr_1');
      clock.advance(60_000);
    }
  });
  afterAll(async () => {
    await api.close();
    await db.close();
  });

  test('an entry is gone with the transaction that was rolled back', async () => {
    const failing = db.tx('order.cancel', async (tx) => {
      await writeAudit(tx, {
        actor: { type: 'staff', id: 'usr_9' },
        action: 'order.cancel',
        target: { type: 'order', id: 'ord_9' },
        ip: null,
      });
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    const { body } = await api.call('GET /admin/audit?actorId=usr_9', { token: auditor });
    expect(body.data.items).toEqual([]);
  });

  test('an action that is not noun.verb is refused', async () => {
    const failing = db.tx('probe', (tx) =>
      writeAudit(tx, {
        actor: { type: 'staff', id: 'usr_9' },
        action: 'Cancelled order',
        target: { type: 'order', id: 'ord_9' },
        ip: null,
      }),
    );
    await expect(failing).rejects.toThrow(RangeError);
  });

  test('the newest entry comes first, with what was before and after', async () => {
    const { status, body } = await api.call('GET /admin/audit?limit=2', { token: auditor });
    expect(status).toBe(200);
    expect(body.data.pagination).toMatchObject({ page: 1, limit: 2, total: 5, pages: 3 });
    expect(body.data.items[0]).toMatchObject({
      action: 'order.cancel',
      actor: { type: 'staff', id: 'usr_2' },
      target: { type: 'order', id: 'ord_5' },
      before: { status: 'pending' },
      after: { status: 'cancelled' },
      ip: '192.0.2.7',
      at: '2026-03-01T00:04:00.000Z',
    });
  });

  test('cursors and pages walk over the same entries', async () => {
    const byCursor: string[] = [];
    let cursor: string | undefined;
    do {
      const position = cursor === undefined ? '' : `&cursor=${cursor}`;
      const { body } = await api.call(`GET /admin/audit?limit=2${position}`, { token: auditor });
      byCursor.push(...body.data.items.map((entry: { target: { id: string } }) => entry.target.id));
      cursor = body.data.pagination.nextCursor;
    } while (cursor !== undefined);
    expect(byCursor).toEqual(['ord_5', 'ord_4', 'ord_3', 'ord_2', 'ord_1']);
    const { body } = await api.call('GET /admin/audit?limit=2&page=3', { token: auditor });
    expect(body.data.items.map((entry: { target: { id: string } }) => entry.target.id)).toEqual(['ord_1']);
    expect((await api.call('GET /admin/audit?cursor=abc', { token: auditor })).status).toBe(400);
  });

  test('filters narrow by actor, target and time', async () => {
    const idsFor = async (query: string) => {
      const { body } = await api.call(`GET /admin/audit?${query}`, { token: auditor });
      return body.data.items.map((entry: { target: { id: string } }) => entry.target.id);
    };
    expect(await idsFor('actorId=usr_2')).toEqual(['ord_5']);
    expect(await idsFor('targetType=order&targetId=ord_3')).toEqual(['ord_3']);
    expect(await idsFor('action=order.ship')).toEqual([]);
    expect(await idsFor('startDate=2026-03-01T00:01:00Z&endDate=2026-03-01T00:02:00Z')).toEqual([
      'ord_3',
      'ord_2',
    ]);
  });

  test('only staff with the permission may read it', async () => {
    expect((await api.call('GET /admin/audit')).status).toBe(401);
    const customer = tokenOf({ userId: 'usr_c' });
    expect((await api.call('GET /admin/audit', { token: customer })).status).toBe(403);
    const clerk = tokenOf({ userId: 'usr_s', kind: 'staff', permissions: ['orders.read'] });
    expect((await api.call('GET /admin/audit', { token: clerk })).status).toBe(403);
    const refused = await api.call('GET /admin/audit?order=asc', { token: auditor });
    expect(refused.body).toMatchObject({ code: 400, error: 'invalid_request', errors: [{ field: 'order' }] });
  });
});
