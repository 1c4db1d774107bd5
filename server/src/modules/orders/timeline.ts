/** Everything that the database knows of one order, for the console: what happened, what waits, what was said to whom. */
import { z } from 'zod';
import { toIso } from '../../kernel/clock.ts';
import type { Reader } from '../../kernel/db/index.ts';
import { readEventsAbout } from '../payments/index.ts';

const MAX_ROWS = 500;

export const timelineView = z.object({
  events: z.array(z.object({ id: z.string(), name: z.string(), at: z.string(), data: z.unknown() })),
  /** Jobs that wait or run, or are dead; completed ones are gone. */
  jobs: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      state: z.string(),
      runAt: z.string(),
      attempts: z.int(),
      isRunning: z.boolean(),
      lastError: z.string().nullable(),
    }),
  ),
  providerCalls: z.array(
    z.object({
      id: z.string(),
      provider: z.string(),
      operation: z.string(),
      subject: z.string().nullable(),
      status: z.int().nullable(),
      error: z.string().nullable(),
      durationMs: z.int(),
      at: z.string(),
    }),
  ),
  notifications: z.array(
    z.object({
      id: z.string(),
      provider: z.string(),
      eventType: z.string(),
      subjectId: z.string().nullable(),
      state: z.string(),
      reason: z.string().nullable(),
      at: z.string(),
    }),
  ),
});

export type Timeline = z.infer<typeof timelineView>;

/** The jobs that work on an order, a payment or a refund are keyed by its id, or by `order:` and the id. */
const KEYED_JOBS = [
  'order.close',
  'payment.poll',
  'payment.close_others',
  'refund.send',
  'refund.poll',
  'dispute.query',
];

/** Reads what belongs to the order and to its payments and refunds, oldest first. */
export async function readTimeline(
  reader: Reader,
  orderId: string,
  moneyIds: readonly string[],
): Promise<Timeline> {
  return {
    events: await readEvents(reader, orderId),
    jobs: await readJobs(reader, [orderId, `order:${orderId}`, ...moneyIds]),
    providerCalls: await readCalls(reader, [orderId, ...moneyIds]),
    notifications: await readNotifications(reader, moneyIds),
  };
}

async function readEvents(reader: Reader, orderId: string): Promise<Timeline['events']> {
  const rows = await reader.query
    .selectFrom('events')
    .selectAll()
    .where('subject', '=', orderId)
    .orderBy('at')
    .orderBy('id')
    .limit(MAX_ROWS)
    .execute();
  return rows.map(({ id, name, at, data }) => ({
    id,
    name,
    at: toIso(at),
    data: JSON.parse(data) as unknown,
  }));
}

async function readJobs(reader: Reader, keys: readonly string[]): Promise<Timeline['jobs']> {
  const uniqueKeys = KEYED_JOBS.flatMap((name) => keys.map((key) => `${name}:${key}`));
  const rows = await reader.query
    .selectFrom('jobs')
    .selectAll()
    .where('unique_key', 'in', uniqueKeys)
    .orderBy('run_at')
    .orderBy('id')
    .limit(MAX_ROWS)
    .execute();
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    state: row.state,
    runAt: toIso(row.run_at),
    attempts: row.attempts,
    isRunning: row.lease_token !== null,
    lastError: row.last_error,
  }));
}

async function readCalls(reader: Reader, subjects: readonly string[]): Promise<Timeline['providerCalls']> {
  const rows = await reader.query
    .selectFrom('provider_calls')
    .select(['id', 'provider', 'operation', 'subject', 'status', 'error', 'duration_ms', 'at'])
    .where('subject', 'in', [...subjects])
    .orderBy('at')
    .orderBy('id')
    .limit(MAX_ROWS)
    .execute();
  return rows.map(({ duration_ms, at, ...row }) => ({ ...row, durationMs: duration_ms, at: toIso(at) }));
}

async function readNotifications(
  reader: Reader,
  moneyIds: readonly string[],
): Promise<Timeline['notifications']> {
  const rows = await readEventsAbout(reader, moneyIds);
  return rows.map((row) => ({
    id: row.id,
    provider: row.provider,
    eventType: row.event_type,
    subjectId: row.subject_id,
    state: row.state,
    reason: row.reason,
    at: toIso(row.received_at),
  }));
}
