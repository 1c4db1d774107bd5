/** From an event to a notice to every channel. */
import { z } from 'zod';
import type { Db } from '../../kernel/db/index.ts';
import type { EventPayload, SubscriberTable } from '../../kernel/events/index.ts';
import { defineJob, enqueue, handleJob, type JobHandler } from '../../kernel/jobs/index.ts';
import type { Channel } from './channel.ts';
import { type NoticeSource, noticeSources } from './sources.ts';

/** Tells a customer of one event. A job, so that nothing about notices can fail what they are about. */
const notificationTell = defineJob<EventPayload<unknown>>({
  name: 'notification.tell',
  version: 1,
  payload: z.object({
    eventId: z.string(),
    name: z.string(),
    version: z.int(),
    subject: z.string(),
    data: z.unknown(),
    at: z.int(),
  }),
});

/** Lets each event that somebody is to be told of write down its job. */
export function subscribe(subscribers: SubscriberTable): void {
  for (const { event, concerns } of noticeSources) {
    subscribers.subscribe(event, async (tx, payload) => {
      if (concerns?.(payload.data) !== false) {
        await enqueue(tx, notificationTell, payload);
      }
    });
  }
}

/** The handler of that job: every channel has the notice when it ends, or none. */
export function handleTell(db: Db, channels: readonly Channel[]): JobHandler {
  const sources = new Map<string, NoticeSource>(noticeSources.map((source) => [source.event.name, source]));
  return handleJob(notificationTell, async (job) => {
    const { payload } = job;
    await db.tx('notification.tell', async (tx) => {
      const notice = await sources.get(payload.name)?.toNotice(tx, payload);
      if (notice !== undefined) {
        for (const channel of channels) {
          await channel.deliver(tx, { ...notice, eventId: payload.eventId });
        }
      }
      await job.complete(tx);
    });
  });
}
