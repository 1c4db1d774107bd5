import { z } from 'zod';
import type { Router } from '../../kernel/http/index.ts';
import { INVARIANTS } from './invariants.ts';
import type { DoctorReport } from './run-doctor.ts';

const reportView = z.object({
  ok: z.boolean(),
  checkedAt: z.string(),
  durationMs: z.int(),
  counts: z.record(z.string(), z.int()),
  invariants: z.array(z.object({ id: z.string(), rule: z.string(), violations: z.int() })),
  violations: z.array(z.object({ invariant: z.string(), subject: z.string(), message: z.string() })),
});

/** The report with each invariant's own count. */
export function toReportView(report: DoctorReport): z.infer<typeof reportView> {
  const { violations } = report;
  return {
    ...report,
    counts: { ...report.counts },
    invariants: Object.entries(INVARIANTS).map(([id, rule]) => ({
      id,
      rule,
      violations: violations.filter(({ invariant }) => invariant === id).length,
    })),
    violations: [...violations],
  };
}

/** `GET /admin/doctor` */
export function registerDoctorRoutes(router: Router, examine: () => Promise<DoctorReport>): void {
  router.route(
    {
      method: 'GET',
      url: '/admin/doctor',
      summary: 'Check every invariant on the whole database',
      description:
        'Reads everything once, from one snapshot; the same check runs every hour and raises alerts.',
      tag: 'Administration',
      access: 'staff',
      permission: 'doctor.read',
      data: reportView,
      rateLimit: { points: 6, perSeconds: 60 },
    },
    async () => toReportView(await examine()),
  );
}
