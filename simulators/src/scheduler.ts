import type { Clock } from './clock.ts';
import type { SettingsHolder } from './settings.ts';
import type { Store } from './store.ts';

/** Something a provider will do at a later simulated time, kept in the store until it is done. */
export interface Task {
  id: number;
  kind: string;
  subject: string;
  dueAt: number;
}

export type TaskHandler = (task: Task) => void | Promise<void>;

export interface Scheduler {
  register(kind: string, handler: TaskHandler): void;
  schedule(kind: string, subject: string, dueAt: number): void;
  cancel(kind: string, subject: string): number;
  pending(): Task[];
  /**
   * Runs what is due, and what that makes due at once, and waits for it. With `all`, every task that is
   * waiting now runs whatever its time. Answers how many ran.
   */
  flush(options?: { all?: boolean }): Promise<number>;
  /** Looks again soon: call after scheduling by hand or after moving the clock. */
  wake(): void;
  start(): void;
  /** Stops taking up work and waits for what is running. */
  stop(): Promise<void>;
}

export const SCHEDULER_TABLES = ['tasks'] as const;

const SCHEMA = `CREATE TABLE IF NOT EXISTS tasks (
  id INTEGER PRIMARY KEY, kind TEXT NOT NULL, subject TEXT NOT NULL, due_at INTEGER NOT NULL) STRICT;
  CREATE INDEX IF NOT EXISTS tasks_due ON tasks (due_at);
  CREATE INDEX IF NOT EXISTS tasks_subject ON tasks (kind, subject);`;

const COLUMNS = 'id, kind, subject, due_at AS dueAt';

/** A clock that a test holds moves without telling us; looking this often is enough for people. */
const LONGEST_SLEEP_MS = 500;
const BATCH = 64;

export function createScheduler(store: Store, clock: Clock, settings: SettingsHolder): Scheduler {
  store.define(SCHEMA);
  const handlers = new Map<string, TaskHandler>();
  const running = new Map<number, Promise<void>>();
  let timer: NodeJS.Timeout | undefined;
  let isStarted = false;

  function dueTasks(): Task[] {
    const limit = running.size + BATCH;
    return store
      .all<Task>(
        `SELECT ${COLUMNS} FROM tasks WHERE due_at <= ? ORDER BY due_at, id LIMIT ?`,
        clock.now(),
        limit,
      )
      .filter((task) => !running.has(task.id));
  }

  /** The task is deleted after its handler ended, so that a killed process does it again at its next start. */
  function runTask(task: Task): Promise<void> {
    const handler = handlers.get(task.kind);
    const work = (async () => {
      try {
        await handler?.(task);
      } catch (error) {
        console.error(`simulators: task ${task.kind} for ${task.subject} failed:`, error);
      } finally {
        store.run('DELETE FROM tasks WHERE id = ?', task.id);
        running.delete(task.id);
        wake();
      }
    })();
    running.set(task.id, work);
    return work;
  }

  function runDue(): void {
    timer = undefined;
    if (!isStarted) {
      return;
    }
    if (settings.current().delivery === 'automatic') {
      for (const task of dueTasks()) {
        void runTask(task);
      }
    }
    const next = store.get<{ dueAt: number | null }>('SELECT MIN(due_at) AS dueAt FROM tasks')?.dueAt;
    if (next !== null && next !== undefined) {
      sleep(Math.max(next - clock.now(), running.size > 0 ? 50 : 0));
    }
  }

  function sleep(milliseconds: number): void {
    if (!isStarted || timer !== undefined) {
      return;
    }
    timer = setTimeout(runDue, Math.min(milliseconds, LONGEST_SLEEP_MS));
    timer.unref();
  }

  function wake(): void {
    if (timer !== undefined) {
      clearTimeout(timer);
    }
    timer = undefined;
    sleep(0);
  }

  async function flush(options: { all?: boolean } = {}): Promise<number> {
    let count = 0;
    const forced =
      options.all === true ? store.all<Task>(`SELECT ${COLUMNS} FROM tasks ORDER BY due_at, id`) : [];
    for (const task of forced) {
      if (running.has(task.id)) {
        continue;
      }
      count += 1;
      await runTask(task);
    }
    for (;;) {
      const batch = dueTasks();
      if (batch.length === 0 && running.size === 0) {
        return count;
      }
      count += batch.length;
      for (const task of batch) {
        void runTask(task);
      }
      await Promise.all(running.values());
    }
  }

  return {
    register(kind, handler) {
      handlers.set(kind, handler);
    },
    schedule(kind, subject, dueAt) {
      store.run(
        'INSERT INTO tasks (kind, subject, due_at) VALUES (?, ?, ?)',
        kind,
        subject,
        Math.round(dueAt),
      );
      wake();
    },
    cancel: (kind, subject) => store.run('DELETE FROM tasks WHERE kind = ? AND subject = ?', kind, subject),
    pending: () => store.all<Task>(`SELECT ${COLUMNS} FROM tasks ORDER BY due_at, id`),
    flush,
    wake,
    start() {
      isStarted = true;
      wake();
    },
    async stop() {
      isStarted = false;
      if (timer !== undefined) {
        clearTimeout(timer);
      }
      timer = undefined;
      await Promise.all(running.values());
    },
  };
}
