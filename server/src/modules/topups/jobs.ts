import { z } from 'zod';
import { MINUTE_MS, SECOND_MS } from '../../kernel/clock.ts';
import { defineCron, defineJob } from '../../kernel/jobs/index.ts';

const payload = z.object({ topupId: z.string() });

export type TopupJob = z.infer<typeof payload>;

/**
 * Delivers a paid top-up, once. Every run but the one that claims it only looks what became of it. Its key is the top-up,
 * and it stands until the outcome does.
 */
export const topupSend = defineJob<TopupJob>({
  name: 'topup.send',
  version: 1,
  payload,
  isMoney: true,
  firstBackoffMs: 5 * SECOND_MS,
  capMs: 5 * MINUTE_MS,
});

/** Asks an operator that can be asked what became of a delivery. */
export const topupQuery = defineJob<TopupJob>({
  name: 'topup.query',
  version: 1,
  payload,
  isMoney: true,
  firstBackoffMs: 30 * SECOND_MS,
});

export const topupPickUp = defineCron({ name: 'topup.pick_up', everyMs: MINUTE_MS });

export const topupReport = defineCron({ name: 'topup.report', everyMs: 5 * MINUTE_MS });

/** A quarter of an hour into the new day. */
export const topupSummarise = defineCron({
  name: 'topup.summarise',
  cron: '15 0 * * *',
  timeZone: 'Asia/Shanghai',
});
