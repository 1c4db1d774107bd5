/** The jobs of this module. A day is never given up: its bill may be late for days (RULES 20). */
import { z } from 'zod';
import { MINUTE_MS } from '../../kernel/clock.ts';
import { defineCron, defineJob } from '../../kernel/jobs/index.ts';

/** Runs a day, again every half hour until its bill is there; key: the run's id. */
export const billReconcile = defineJob({
  name: 'bill.reconcile',
  version: 1,
  payload: z.object({ runId: z.string(), isOnlyMatched: z.boolean() }),
  isMoney: true,
  firstBackoffMs: MINUTE_MS,
  leaseMs: 5 * MINUTE_MS,
});

/** Looks which days are ready. */
export const billPlan = defineCron({ name: 'bill.plan', everyMs: 30 * MINUTE_MS });

/** Erases the lines of old bills. */
export const billErase = defineCron({ name: 'bill.erase', cron: '23 4 * * *' });
