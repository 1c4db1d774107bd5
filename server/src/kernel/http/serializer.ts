import { createRequire } from 'node:module';
import type { z } from 'zod';
import { toSerializer } from './json-schema.ts';

type Build = (schema: object) => (data: unknown) => string;

const require = createRequire(import.meta.url);

/**
 * Turns answers of `schema` into JSON. The code for it is generated with the first answer: most routes of a small shop
 * are hardly ever called, and generating it for all of them would take a third of the start and 10 MB for good.
 */
export function createSerializer(schema: z.ZodType): (data: unknown) => string {
  let serialize: ((data: unknown) => string) | undefined;
  return (data) => {
    serialize ??= (require('fast-json-stringify') as Build)(toSerializer(schema));
    return serialize(data);
  };
}
