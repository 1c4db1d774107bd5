/** Doctor: what must always be true, checked on the whole database at once. */
import type { Db } from '../../kernel/db/index.ts';
import type { Router } from '../../kernel/http/index.ts';
import { createExamination } from './examine.ts';
import { registerDoctorRoutes } from './routes.ts';
import { doctorRun, handleDoctorRun } from './watch.ts';

export { INVARIANTS, type InvariantId, type Violation } from './invariants.ts';
export { type DoctorCounts, type DoctorReport, runDoctor } from './run-doctor.ts';

/** Doctor opens the database once more, on a thread of its own. */
export interface DoctorDeps {
  readonly db: Db;
  readonly databaseUrl: string;
}

/** The hourly examination, and the route by which people ask for one. */
export function createDoctor({ db, databaseUrl }: DoctorDeps) {
  const examine = createExamination(databaseUrl);
  return {
    registerRoutes: (router: Router) => registerDoctorRoutes(router, examine),
    jobs: [handleDoctorRun(db, examine)],
    crons: [doctorRun],
  };
}
