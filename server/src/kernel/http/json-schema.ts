import { z } from 'zod';

export type JsonSchema = Record<string, unknown>;

/** The schema as the API document shows it (JSON Schema 2020-12, which OpenAPI 3.1 speaks). */
export function toDocument(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
  const { $schema: _dropped, ...document } = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
  }) as JsonSchema;
  return document;
}

/**
 * The schema as fast-json-stringify is fastest with it: `X | null` becomes a nullable X instead of an `anyOf`, which it
 * would decide by validating each branch.
 */
export function toSerializer(schema: z.ZodType): JsonSchema {
  return simplify(
    z.toJSONSchema(schema, { io: 'output', target: 'draft-7', unrepresentable: 'any' }),
  ) as JsonSchema;
}

function simplify(node: unknown): unknown {
  if (Array.isArray(node)) {
    return node.map(simplify);
  }
  if (typeof node !== 'object' || node === null) {
    return node;
  }
  const entries = Object.entries(node).filter(([name]) => name !== '$schema');
  const simple = Object.fromEntries<unknown>(entries.map(([name, value]) => [name, simplify(value)]));
  const branches = simple.anyOf as JsonSchema[] | undefined;
  if (branches?.length === 2 && branches.some((branch) => branch.type === 'null')) {
    const { anyOf: _dropped, ...rest } = simple;
    const branch = branches.find(({ type }) => type !== 'null') as JsonSchema;
    return { ...rest, ...branch, nullable: true };
  }
  return simple;
}
