import type { Clock } from './clock.ts';
import { controlError } from './control-error.ts';
import { type Fault, type Faults, numberParam } from './faults.ts';
import { type OutgoingMessage, type PostResult, postMessage } from './post-message.ts';
import { newId } from './random.ts';
import type { Scheduler } from './scheduler.ts';
import type { Store } from './store.ts';

/** How one provider words, repeats and gets its notifications acknowledged. */
export interface NotificationChannel {
  /** Waits in milliseconds between one try and the next; when they are used up it gives up. */
  retryStepsMs: readonly number[];
  timeoutMs: number;
  /** Kinds of fault that `compose` understands; drop, duplicate and reorder are understood for everybody. */
  composeFaults: readonly string[];
  /** Builds one try anew: fresh time, nonce and signature. */
  compose(notification: Notification, fault: Fault | undefined): OutgoingMessage;
  isAcknowledged(status: number, body: string): boolean;
}

export interface Notification {
  id: string;
  provider: string;
  /** The provider's own event type, such as `TRANSACTION.SUCCESS`. */
  eventType: string;
  /** The merchant's number of what it is about; faults match it as `outTradeNo`. */
  subject: string;
  url: string;
  /** What is told, as JSON in the provider's words. */
  content: string;
  state: 'pending' | 'acknowledged' | 'given_up';
  /** Scheduled tries made so far, dropped ones included; duplicates and re-sends by hand are not counted. */
  tries: number;
  createdAt: number;
  nextTryAt: number | null;
}

export interface NotificationAttempt {
  at: number;
  /** 1 is the usual link, 2 the other one that duplicates come over, 0 a re-send by hand. */
  link: number;
  fault: string | null;
  /** The answer's status, or null when there was none. */
  status: number | null;
  answer: string | null;
  error: string | null;
  durationMs: number;
  headers: string;
  body: string;
}

export type NotificationView = Notification & { attempts: NotificationAttempt[] };

export interface Notifier {
  register(provider: string, channel: NotificationChannel): void;
  /** Queues a notification for sending at once; its tries follow the provider's schedule. */
  send(input: Pick<Notification, 'id' | 'provider' | 'eventType' | 'subject' | 'url' | 'content'>): void;
  list(filter?: { subject?: string | undefined; limit?: number | undefined }): NotificationView[];
  read(id: string): NotificationView;
  /** Sends once more now, outside the schedule, and waits for the answer. */
  resend(id: string): Promise<NotificationView>;
  /** Builds a signed message without sending it, for load programs and tests that deliver it themselves. */
  compose(
    id: string,
    fault?: { kind: string; params?: Record<string, unknown> },
  ): OutgoingMessage & { url: string };
}

export const NOTIFIER_TABLES = ['notifications', 'notification_attempts'] as const;
export const DELIVERY_FAULTS = ['drop', 'duplicate', 'reorder'] as const;

const SCHEMA = `CREATE TABLE IF NOT EXISTS notifications (
  id TEXT PRIMARY KEY, provider TEXT NOT NULL, event_type TEXT NOT NULL, subject TEXT NOT NULL,
  url TEXT NOT NULL, content TEXT NOT NULL, state TEXT NOT NULL, tries INTEGER NOT NULL,
  created_at INTEGER NOT NULL, next_try_at INTEGER) STRICT;
  CREATE INDEX IF NOT EXISTS notifications_subject ON notifications (subject);
  CREATE TABLE IF NOT EXISTS notification_attempts (
  id INTEGER PRIMARY KEY, notification_id TEXT NOT NULL, at INTEGER NOT NULL, link INTEGER NOT NULL,
  fault TEXT, status INTEGER, answer TEXT, error TEXT, duration_ms INTEGER NOT NULL,
  headers TEXT NOT NULL, body TEXT NOT NULL) STRICT;
  CREATE INDEX IF NOT EXISTS notification_attempts_of ON notification_attempts (notification_id);`;

const COLUMNS = `id, provider, event_type AS eventType, subject, url, content, state, tries,
  created_at AS createdAt, next_try_at AS nextTryAt`;

const DEFAULT_LIST_LIMIT = 100;

interface Dependencies {
  store: Store;
  clock: Clock;
  faults: Faults;
  scheduler: Scheduler;
}

export function createNotifier({ store, clock, faults, scheduler }: Dependencies): Notifier {
  store.define(SCHEMA);
  const channels = new Map<string, NotificationChannel>();

  function find(id: string): Notification {
    const found = store.get<Notification>(`SELECT ${COLUMNS} FROM notifications WHERE id = ?`, id);
    if (found === undefined) {
      throw controlError(404, 'notification_not_found', `No notification "${id}".`);
    }
    return found;
  }

  function channelOf(notification: Notification): NotificationChannel {
    const channel = channels.get(notification.provider);
    if (channel === undefined) {
      throw new Error(`no notification channel for ${notification.provider}`);
    }
    return channel;
  }

  async function attempt(
    notification: Notification,
    link: number,
    fault: Fault | undefined,
  ): Promise<boolean> {
    const channel = channelOf(notification);
    const message = channel.compose(notification, fault);
    const startedAt = clock.now();
    const result = await postMessage(notification.url, message, channel.timeoutMs);
    record(notification.id, startedAt, link, fault, message, result);
    return result.status !== null && channel.isAcknowledged(result.status, result.answer ?? '');
  }

  function record(
    id: string,
    at: number,
    link: number,
    fault: Fault | undefined,
    message: OutgoingMessage,
    result: PostResult,
  ): void {
    store.run(
      `INSERT INTO notification_attempts
       (notification_id, at, link, fault, status, answer, error, duration_ms, headers, body)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ...[id, at, link, fault?.kind ?? null, result.status, result.answer, result.error, result.durationMs],
      JSON.stringify(message.headers),
      message.body,
    );
  }

  function settle(notification: Notification, isAcknowledged: boolean): void {
    const tries = notification.tries + 1;
    const wait = channelOf(notification).retryStepsMs[tries - 1];
    const nextTryAt = isAcknowledged || wait === undefined ? null : clock.now() + clock.scale(wait);
    const unanswered = nextTryAt === null ? 'given_up' : 'pending';
    const state = isAcknowledged ? 'acknowledged' : unanswered;
    store.run(
      'UPDATE notifications SET state = ?, tries = ?, next_try_at = ? WHERE id = ?',
      ...[state, tries, nextTryAt, notification.id],
    );
    if (nextTryAt !== null) {
      scheduler.schedule('notification.send', notification.id, nextTryAt);
    }
  }

  async function deliver(id: string): Promise<void> {
    const notification = find(id);
    if (notification.state !== 'pending') {
      return;
    }
    const kinds = [...DELIVERY_FAULTS, ...channelOf(notification).composeFaults];
    const subject = { outTradeNo: notification.subject, eventType: notification.eventType };
    const fault = faults.take(notification.provider, 'notify', kinds, subject);
    if (fault?.kind === 'reorder') {
      // Held back so that whatever is told next overtakes it.
      scheduler.schedule('notification.send', id, clock.now() + clock.scale(numberParam(fault, 'ms', 3000)));
      return;
    }
    if (fault?.kind === 'drop') {
      const lost = { status: null, answer: null, error: 'dropped by a fault plan', durationMs: 0 };
      record(id, clock.now(), 1, fault, { headers: {}, body: '' }, lost);
      settle(notification, false);
      return;
    }
    if (fault?.kind === 'duplicate') {
      const at = clock.now() + clock.scale(numberParam(fault, 'ms', 1000));
      const copies = numberParam(fault, 'copies', 1);
      for (let copy = 0; copy < copies; copy += 1) {
        scheduler.schedule('notification.duplicate', id, at);
      }
    }
    settle(notification, await attempt(notification, 1, fault?.kind === 'duplicate' ? undefined : fault));
  }

  scheduler.register('notification.send', (task) => deliver(task.subject));
  scheduler.register('notification.duplicate', async (task) => {
    await attempt(find(task.subject), 2, undefined);
  });

  function view(notification: Notification): NotificationView {
    const attempts = store.all<NotificationAttempt>(
      `SELECT at, link, fault, status, answer, error, duration_ms AS durationMs, headers, body
       FROM notification_attempts WHERE notification_id = ? ORDER BY id`,
      notification.id,
    );
    return { ...notification, attempts };
  }

  return {
    register(provider, channel) {
      channels.set(provider, channel);
    },
    send(input) {
      const now = clock.now();
      store.run(
        `INSERT INTO notifications VALUES (?, ?, ?, ?, ?, ?, 'pending', 0, ?, ?)`,
        ...[input.id, input.provider, input.eventType, input.subject, input.url, input.content, now, now],
      );
      scheduler.schedule('notification.send', input.id, now);
    },
    list({ subject, limit } = {}) {
      const rows = store.all<Notification>(
        `SELECT ${COLUMNS} FROM notifications WHERE (? IS NULL OR subject = ?) ORDER BY rowid DESC LIMIT ?`,
        ...[subject ?? null, subject ?? null, limit ?? DEFAULT_LIST_LIMIT],
      );
      return rows.map(view);
    },
    read: (id) => view(find(id)),
    async resend(id) {
      const notification = find(id);
      const isAcknowledged = await attempt(notification, 0, undefined);
      if (isAcknowledged && notification.state === 'pending') {
        scheduler.cancel('notification.send', id);
        store.run(`UPDATE notifications SET state = 'acknowledged', next_try_at = NULL WHERE id = ?`, id);
      }
      return view(find(id));
    },
    compose(id, fault) {
      const notification = find(id);
      const plan: Fault | undefined =
        fault === undefined
          ? undefined
          : {
              id: newId('fault'),
              provider: notification.provider,
              operation: 'notify',
              times: 1,
              match: {},
              params: {},
              ...fault,
            };
      return { url: notification.url, ...channelOf(notification).compose(notification, plan) };
    },
  };
}
