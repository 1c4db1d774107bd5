import { describe, expect, it } from 'vitest';
import { toEntries } from './timeline-entries.ts';

const step = {
  entity: 'order',
  entityId: 'ord_1',
  field: 'status',
  from: null,
  to: 'pending',
  actor: { type: 'customer', id: 'usr_1' },
  note: null,
  at: '2026-01-01T00:00:00.000Z',
};
const timeline = {
  events: [{ id: 'evt_1', name: 'order.placed', at: '2026-01-01T00:00:00.000Z' }],
  jobs: [
    {
      id: 'job_1',
      name: 'order.close',
      state: 'waiting',
      runAt: '2026-01-01T00:15:00.000Z',
      attempts: 0,
      isRunning: false,
      lastError: null,
    },
  ],
  providerCalls: [
    {
      id: 'call_1',
      provider: 'wechat_pay',
      operation: 'query',
      subject: 'pay_1',
      status: null,
      error: 'timeout',
      durationMs: 10_000,
      at: '2026-01-01T00:01:00.000Z',
    },
  ],
  notifications: [
    {
      id: 'pev_1',
      provider: 'wechat_pay',
      eventType: 'TRANSACTION.SUCCESS',
      subjectId: 'pay_1',
      state: 'applied',
      reason: null,
      at: '2026-01-01T00:02:00.000Z',
    },
  ],
};

describe('the timeline of an order', () => {
  it('brings everything into one order, newest first and waiting jobs on top', () => {
    const paid = { ...step, from: 'pending', to: 'confirmed', at: '2026-01-01T00:02:00.000Z' };
    const kinds = toEntries({ history: [step, paid], timeline }).map(
      ({ kind, at }) => `${at.slice(14, 16)} ${kind}`,
    );
    expect(kinds).toEqual(['15 job', '02 notification', '02 status', '01 call', '00 event', '00 status']);
  });

  it('shows a call without an answer as bad and money that came as good', () => {
    const entries = toEntries({ history: [], timeline });
    expect(entries.map(({ key, tone }) => [key, tone])).toEqual([
      ['job_1', 'waiting'],
      ['pev_1', 'good'],
      ['call_1', 'bad'],
      ['evt_1', 'plain'],
    ]);
  });
});
