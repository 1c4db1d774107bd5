import type { z } from 'zod';

/** One verb of the control API, under `/control`. */
export interface ControlRoute {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  path: string;
  summary: string;
  input: z.ZodType;
  run(input: unknown, params: Record<string, string>): unknown;
}

/** Input is the query of a GET or DELETE, else the body; unknown fields are refused by the schema. */
export function route<Schema extends z.ZodType>(
  method: ControlRoute['method'],
  path: string,
  summary: string,
  input: Schema,
  run: (input: z.infer<Schema>, params: Record<string, string>) => unknown,
): ControlRoute {
  // The server parses with this very schema before it calls, so the narrower parameter is what it gets.
  return { method, path, summary, input, run: (value, params) => run(value as z.infer<Schema>, params) };
}
