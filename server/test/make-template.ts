import type { TestProject } from 'vitest/node';
import type { Engine } from '../src/kernel/db/index.ts';
import { createEmptyDatabase } from './harness/engines.ts';
import { makeTemplate } from './harness/template.ts';

/** Before the tests of an engine; those that are run once take SQLite. */
export default async function setUp({ name }: TestProject): Promise<() => Promise<void>> {
  const engine = name === 'postgres' || name === 'mysql' ? name : ('sqlite' satisfies Engine);
  return makeTemplate(await createEmptyDatabase(engine));
}
