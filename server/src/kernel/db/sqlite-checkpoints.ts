/**
 * Moves what was committed out of the write-ahead log into the database file, on a thread of its own (RULES 18): a
 * checkpoint writes hundreds of pages and waits for the disk twice, and on the writer's thread every request would wait
 * with it. The thread comes with the first megabytes and goes when nothing was written for a minute: a small shop that
 * sleeps need not pay its memory.
 *
 * Crash story: nothing depends on it. What COMMIT has acknowledged is durable in the log, which the next start reads. A
 * thread that is late or gone only lets the log grow, until COMMIT moves pages by itself.
 */
import { Worker } from 'node:worker_threads';
import type { SqliteConnection } from './sqlite-connection.ts';

/** In pages of 4 KiB. Fewer would write pages that are changed all the time once more for nothing. */
const PASS_AT_PAGES = 512;
/** A log of this size is begun anew as soon as that is cheap, or it would grow as long as writers keep coming. */
const RESTART_AT_PAGES = 2_048;
const CHEAP_PAGES = 128;
/** Where the thread can not keep up or is not there, COMMIT itself moves the pages. */
const COMMIT_MOVES_AT_PAGES = 4_096;
const IDLE_MS = 60_000;

const THREAD = new URL('./sqlite-checkpoint-thread.js', import.meta.url);
/** It runs one statement; the defaults would let it keep garbage for many times that. */
const RESOURCE_LIMITS = { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 1 };

export interface Checkpoints {
  /** To be called after each commit, when its callers have been answered. */
  afterCommit(): void;
  /** Ends the thread. */
  close(): Promise<void>;
}

export interface CheckpointsOptions {
  readonly file: string;
  /** The writing connection. */
  readonly writer: SqliteConnection;
  /** The thread could not be started or has died; COMMIT moves the pages from then on. */
  readonly onError: (error: unknown) => void;
}

/** Takes over when the log of `writer` is moved. */
export function createCheckpoints({ file, writer, onError }: CheckpointsOptions): Checkpoints {
  let thread: Worker | undefined;
  let isPassing = false;
  let isGivenUp = false;
  let idle: NodeJS.Timeout | undefined;
  writer.exec(`PRAGMA wal_autocheckpoint = ${COMMIT_MOVES_AT_PAGES}`);

  function giveUp(error: unknown): void {
    isGivenUp = true;
    thread = undefined;
    clearTimeout(idle);
    onError(error);
  }

  function start(): Worker {
    const started = new Worker(THREAD, {
      workerData: { file },
      resourceLimits: RESOURCE_LIMITS,
      env: {},
      execArgv: [],
    });
    started.on('message', () => {
      isPassing = false;
      if (!isGivenUp && !writer.isInTransaction()) {
        orGiveUp(restartLog);
      }
    });
    started.on('error', giveUp);
    // It never keeps the process alive; `close` waits for it.
    started.unref();
    return started;
  }

  /** What the thread has just left over is little, so that the writer may do it: the next commit begins the log anew. */
  function restartLog(): void {
    const { pages, moved } = writer.readLog();
    if (pages >= RESTART_AT_PAGES && pages - moved <= CHEAP_PAGES) {
      writer.moveLog();
    }
  }

  function requestPass(): void {
    const { pages, moved } = writer.readLog();
    if (pages - moved >= PASS_AT_PAGES) {
      thread ??= start();
      isPassing = true;
      thread.postMessage('pass');
      idle = idle?.refresh() ?? setTimeout(() => void stop(), IDLE_MS).unref();
    }
  }

  /** A log that can not be looked at is SQLite's to report, at the next statement that needs it. */
  function orGiveUp(act: () => void): void {
    try {
      act();
    } catch (error) {
      giveUp(error);
    }
  }

  async function stop(): Promise<void> {
    clearTimeout(idle);
    const stopped = thread;
    thread = undefined;
    isPassing = false;
    if (stopped !== undefined) {
      const exited = new Promise((resolve) => stopped.once('exit', resolve));
      stopped.ref();
      stopped.postMessage('end');
      await exited;
    }
  }

  return {
    afterCommit() {
      if (!isPassing && !isGivenUp) {
        orGiveUp(requestPass);
      }
    },
    async close() {
      isGivenUp = true;
      await stop();
    },
  };
}
