/** The hourly examination: what it finds becomes an alert for each broken invariant, and goes when that holds again. */
import { systemActor } from '../../kernel/actor.ts';
import { HOUR_MS, MINUTE_MS } from '../../kernel/clock.ts';
import type { Db } from '../../kernel/db/index.ts';
import { defineCron, handleJob, type JobHandler } from '../../kernel/jobs/index.ts';
import { raiseAlert, resolveAlert } from '../alerts/index.ts';
import { INVARIANTS } from './invariants.ts';
import type { DoctorReport } from './run-doctor.ts';

const ALERT = 'invariant_broken';
const SHOWN = 10;

/** Every hour. */
export const doctorRun = defineCron({ name: 'doctor.run', everyMs: HOUR_MS, leaseMs: 10 * MINUTE_MS });

/** Examines and writes down what was found. */
export function handleDoctorRun(db: Db, examine: () => Promise<DoctorReport>): JobHandler {
  return handleJob(doctorRun.definition, async (job) => {
    const { violations } = await examine();
    const found = Map.groupBy(violations, ({ invariant }) => invariant);
    await db.tx('doctor.run', async (tx) => {
      for (const [invariant, rule] of Object.entries(INVARIANTS)) {
        const alert = { kind: ALERT, subject: invariant };
        const broken = found.get(invariant);
        if (broken) {
          const details = { rule, violations: broken.length, first: broken.slice(0, SHOWN) };
          await raiseAlert(tx, { ...alert, severity: 'critical', details });
        } else {
          await resolveAlert(tx, { ...alert, by: systemActor('doctor.run'), note: 'it holds again' });
        }
      }
      await job.complete(tx);
    });
  });
}
