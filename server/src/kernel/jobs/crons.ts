/**
 * Jobs that recur. Each is one row with a unique key that moves itself to its next time when a run ends, so that any
 * number of nodes may run the same table of crons and each time still comes once.
 */
import { Cron as CronExpression } from 'croner';
import { z } from 'zod';
import type { Tx } from '../db/index.ts';
import { defineJob } from './define-job.ts';
import { enqueue } from './enqueue.ts';
import { moveSoonerByKey } from './statements.ts';
import type { JobDefinition } from './types.ts';

const KEY = 'cron';
const NO_PAYLOAD = z.object({});

export type CronPayload = z.infer<typeof NO_PAYLOAD>;

export interface Cron {
  /** What `handleJob` takes. */
  readonly definition: JobDefinition<CronPayload>;
  /** The first regular time after `epochMs`. */
  nextAt(epochMs: number): number;
}

type Schedule =
  | { readonly everyMs: number }
  | {
      /** Minute, hour, day of the month, month, day of the week; with six fields the first one is the second. */
      readonly cron: string;
      /** An IANA time zone; UTC without it. */
      readonly timeZone?: string;
    };

type CronOptions = Schedule &
  Pick<JobDefinition<CronPayload>, 'name' | 'isMoney' | 'firstBackoffMs' | 'capMs' | 'leaseMs'>;

function toNextAt(schedule: Schedule): Cron['nextAt'] {
  if ('everyMs' in schedule) {
    const { everyMs } = schedule;
    if (!Number.isSafeInteger(everyMs) || everyMs <= 0) {
      throw new RangeError(`a job can not recur every ${everyMs} ms`);
    }
    return (epochMs) => Math.floor(epochMs / everyMs) * everyMs + everyMs;
  }
  const { cron, timeZone = 'UTC' } = schedule;
  const expression = new CronExpression(cron, { timezone: timeZone });
  const nextAt: Cron['nextAt'] = (epochMs) => {
    const next = expression.nextRun(new Date(epochMs));
    if (next === null) {
      throw new RangeError(`${cron} never comes`);
    }
    return next.getTime();
  };
  nextAt(0);
  return nextAt;
}

/**
 * Declares a job that recurs `everyMs` (at multiples of it) or by a cron expression. Throws at start-up when the name is
 * taken or the schedule can not be read. A time that was missed while nothing ran is made up for once.
 */
export function defineCron(options: CronOptions): Cron {
  const { name, isMoney, firstBackoffMs, capMs, leaseMs } = options;
  const definition = defineJob<CronPayload>({
    name,
    version: 1,
    payload: NO_PAYLOAD,
    ...(isMoney === undefined ? {} : { isMoney }),
    ...(firstBackoffMs === undefined ? {} : { firstBackoffMs }),
    ...(capMs === undefined ? {} : { capMs }),
    ...(leaseMs === undefined ? {} : { leaseMs }),
  });
  return { definition, nextAt: toNextAt(options) };
}

/** Makes sure that each cron has its row, and that none waits longer than its schedule says (it may have changed). */
export async function seedCrons(tx: Tx, crons: readonly Cron[]): Promise<void> {
  for (const { definition, nextAt } of crons) {
    const runAt = nextAt(tx.now);
    const isNew = await enqueue(tx, definition, {}, { key: KEY, runAt });
    if (!isNew) {
      await moveSoonerByKey.send(tx, { uniqueKey: `${definition.name}:${KEY}`, runAt, now: tx.now });
    }
  }
}
