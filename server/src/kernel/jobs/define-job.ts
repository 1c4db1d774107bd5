import type { JobDefinition, JobHandler, JobRun } from './types.ts';

const NAME = /^[a-z][a-z_]*\.[a-z][a-z_]*$/;
const names = new Set<string>();

/** Declares a kind of job. Throws at start-up when the name is not `noun.verb` or is taken. */
export function defineJob<P>(definition: JobDefinition<P>): JobDefinition<P> {
  if (!NAME.test(definition.name) || names.has(definition.name)) {
    throw new Error(`job name ${definition.name} is not noun.verb or is taken`);
  }
  names.add(definition.name);
  return definition;
}

/** Says what a worker does when the job is due. */
export function handleJob<P>(
  definition: JobDefinition<P>,
  run: (job: JobRun<P>) => Promise<void>,
): JobHandler {
  return { definition: definition, run: run as JobHandler['run'] };
}
