import { randomFillSync } from 'node:crypto';
import type { Plan, PlannedStatement, PlannedValue } from './plan.ts';
import type { Value } from './recording.ts';

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const pool = Buffer.alloc(8_192);
let used = pool.length;

/** As long as the part of an id that begins with its time; such a code must sort as an id does, or every insert is elsewhere. */
const ID_LENGTH = 26;
const TIME_LENGTH = 10;

/** The beginning of an id that is made at this time. */
export function encodeTime(epochMs: number): string {
  let rest = epochMs;
  let encoded = '';
  for (let position = 0; position < TIME_LENGTH; position += 1) {
    encoded = (ALPHABET[rest % 32] as string) + encoded;
    rest = Math.floor(rest / 32);
  }
  return encoded;
}

function makeCode(length: number, now: number): string {
  return length === ID_LENGTH
    ? encodeTime(now) + makeRandomCode(length - TIME_LENGTH)
    : makeRandomCode(length);
}

function makeRandomCode(length: number): string {
  if (used + length > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  let code = '';
  for (let index = 0; index < length; index += 1) {
    code += ALPHABET[(pool[used++] as number) & 31];
  }
  return code;
}

/** What was made for one run of a plan: its codes and its time. */
export interface Run {
  readonly now: number;
  code(index: number, length: number): string;
}

export function beginRun(plan: Plan): Run {
  const codes = new Array<string | undefined>(plan.codes);
  const now = Date.now();
  return { now, code: (index, length) => (codes[index] ??= makeCode(length, now)) };
}

function toPlain(value: Value): string | number | null | Buffer {
  return typeof value === 'object' && value !== null ? Buffer.from(value.bytes, 'base64') : value;
}

function fill(value: PlannedValue, run: Run): string | number | null | Buffer {
  switch (value.kind) {
    case 'same':
      return toPlain(value.value);
    case 'time':
      return run.now + value.offsetMs;
    case 'text':
      return value.parts
        .map((part) => (typeof part === 'string' ? part : run.code(part.code, part.length)))
        .join('');
  }
}

/** The statement's values for this run. */
export function bind(statement: PlannedStatement, run: Run): (string | number | null | Buffer)[] {
  return statement.values.map((value) => fill(value, run));
}

/** Runs the plan once and answers when it is durable. */
export type Runner = () => Promise<void>;
