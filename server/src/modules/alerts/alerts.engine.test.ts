import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTestApi, type TestApi, tokenOf } from '../../../test/harness/api.ts';
import { openTestDb } from '../../../test/harness/database.ts';
import { systemActor } from '../../kernel/actor.ts';
import { createFakeClock } from '../../kernel/clock.ts';
import type { Db } from '../../kernel/db/index.ts';
import { readHistory } from '../../kernel/history.ts';
import { silentLogger } from '../../kernel/log/index.ts';
import { type Alert, createAlerts, listOpen, raiseAlert, resolveAlert } from './index.ts';

const clock = createFakeClock(Date.parse('2026-03-01T00:00:00Z'));
const staff = tokenOf({ userId: 'usr_s', kind: 'staff', permissions: ['alerts.read', 'alerts.write'] });

describe('alerts', () => {
  let db: Db;
  let api: TestApi;
  let alerts: ReturnType<typeof createAlerts>;
  const raised: Alert[] = [];

  function raise(subject: string, severity: Alert['severity'] = 'warning', details = {}): Promise<void> {
    return db.tx('probe', (tx) => raiseAlert(tx, { kind: 'refund_failed', subject, severity, details }));
  }

  beforeAll(async () => {
    db = await openTestDb({ clock });
    alerts = createAlerts({ db, log: silentLogger, onRaised: (alert) => raised.push(alert) });
    api = await openTestApi({ db, clock, registerRoutes: alerts.registerRoutes });
  });
  afterAll(async () => {
    alerts.stop();
    await api.close();
    await db.close();
  });

  test('twenty transactions at once leave one open alert that counts them all', async () => {
    await Promise.all(Array.from({ length: 20 }, () => raise('ref_race')));
    expect(await listOpen(db, ['ref_race'])).toMatchObject([{ occurrences: 20, severity: 'warning' }]);
  });

  test('a warning becomes critical and stays so', async () => {
    await raise('ref_grows');
    await raise('ref_grows', 'critical', { code: 'NOT_ENOUGH' });
    await raise('ref_grows', 'warning', { code: 'TIMEOUT' });
    const [alert] = await listOpen(db, ['ref_grows']);
    expect(alert).toMatchObject({ severity: 'critical', details: '{"code":"TIMEOUT"}', occurrences: 3 });
  });

  test('a resolved alert opens anew when its cause comes back', async () => {
    const by = systemActor('refund.poll');
    const resolve = () =>
      db.tx('probe', (tx) => resolveAlert(tx, { kind: 'refund_failed', subject: 'ref_again', by }));
    expect(await resolve()).toBe(false);
    await raise('ref_again');
    const [first] = await listOpen(db, ['ref_again']);
    expect(await resolve()).toBe(true);
    expect(await listOpen(db, ['ref_again'])).toEqual([]);
    await raise('ref_again');
    const [second] = await listOpen(db, ['ref_again']);
    expect(second?.id).not.toBe(first?.id);
    expect((await readHistory(db, [first!.id])).map(({ to }) => to)).toEqual(['open', 'resolved']);
  });

  test('whoever listens is told after the commit, and of nothing that was rolled back', async () => {
    raised.length = 0;
    await raise('ref_told');
    await expect(
      db.tx('probe', async (tx) => {
        await raiseAlert(tx, { kind: 'refund_failed', subject: 'ref_untold', severity: 'critical' });
        throw new Error('no');
      }),
    ).rejects.toThrow('no');
    expect(raised.map(({ subject }) => subject)).toEqual(['ref_told']);
  });

  test('staff finds an alert, resolves it once, and the log says who did', async () => {
    await raise('ref_staff', 'critical', { amount: 100 });
    const list = await api.call('GET /admin/alerts?state=open&subject=ref_staff', { token: staff });
    expect(list.body.data.items).toMatchObject([
      {
        kind: 'refund_failed',
        severity: 'critical',
        details: { amount: 100 },
        firstAt: '2026-03-01T00:00:00.000Z',
      },
    ]);
    const url = `POST /admin/alerts/${list.body.data.items[0].id}/resolve`;
    const first = await api.call(url, { token: staff, body: { note: 'paid by hand' } });
    expect(first.body.data).toMatchObject({ state: 'resolved', resolvedAt: '2026-03-01T00:00:00.000Z' });
    const second = await api.call(url, { token: staff });
    expect(second.body).toMatchObject({ code: 409, error: 'illegal_transition' });
    const entries = await db.query.selectFrom('audit_entries').selectAll().execute();
    expect(entries).toMatchObject([{ action: 'alert.resolve', actor_id: 'usr_s', ip: '127.0.0.1' }]);
  });

  test('an alert that does not exist is not found, and reading does not suffice to resolve', async () => {
    expect((await api.call('POST /admin/alerts/alr_none/resolve', { token: staff })).status).toBe(404);
    const reader = tokenOf({ userId: 'usr_r', kind: 'staff', permissions: ['alerts.read'] });
    expect((await api.call('POST /admin/alerts/alr_none/resolve', { token: reader })).status).toBe(403);
  });
});
