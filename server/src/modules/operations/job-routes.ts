import { z } from 'zod';
import type { Db } from '../../kernel/db/index.ts';
import { AppError, notFound } from '../../kernel/errors.ts';
import { actorOf, type Router, requireCaller } from '../../kernel/http/index.ts';
import { listDeadJobs, replayJob } from '../../kernel/jobs/index.ts';
import { writeAudit } from '../audit/index.ts';

const deadJobView = z.object({
  id: z.string(),
  name: z.string(),
  key: z.string().nullable(),
  payload: z.unknown(),
  attempts: z.int(),
  error: z.string().nullable(),
  createdAt: z.string(),
  diedAt: z.string(),
});

/** The jobs that gave up, and starting one again. */
export function registerJobRoutes(router: Router, db: Db): void {
  router.route(
    {
      method: 'GET',
      url: '/admin/jobs',
      summary: 'Jobs that gave up, newest first',
      tag: 'Administration',
      access: 'staff',
      permission: 'jobs.read',
      data: z.object({ items: z.array(deadJobView) }),
    },
    async () => ({ items: await listDeadJobs(db) }),
  );

  router.route(
    {
      method: 'POST',
      url: '/admin/jobs/:id/replay',
      summary: 'Let a job that gave up run again',
      tag: 'Administration',
      access: 'staff',
      permission: 'jobs.write',
      params: z.strictObject({ id: z.string().max(64) }),
      data: z.object({ id: z.string() }),
      errors: [notFound],
    },
    async (context) => {
      const { id } = context.params;
      await db.tx('job.replay', async (tx) => {
        if (!(await replayJob(tx, id))) {
          throw new AppError(notFound);
        }
        await writeAudit(tx, {
          actor: actorOf(requireCaller(context)),
          action: 'job.replay',
          target: { type: 'job', id },
          before: { state: 'dead' },
          after: { state: 'waiting' },
          ip: context.ip,
        });
      });
      return { id };
    },
  );
}
