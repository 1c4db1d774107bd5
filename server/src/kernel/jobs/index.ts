export { defineJob, handleJob } from './define-job.ts';
export { cancelJob, enqueue, moveJob, onJobEnqueued } from './enqueue.ts';
export type { EnqueueOptions, JobDefinition, JobHandler, JobRun } from './types.ts';
