/**
 * Thrown by `complete` and `reschedule` when the job is no longer ours: another worker has taken it over, or it was
 * cancelled. The caller's transaction rolls back, so that nothing is done twice.
 */
export class LostLease extends Error {
  constructor(jobName: string, jobId: string) {
    super(`the lease on ${jobName} ${jobId} is lost`);
    this.name = 'LostLease';
  }
}
