import { z } from 'zod';
import { paramError } from './errors.ts';

// Field rules with WeChat Pay's own wording. Lengths are counted in bytes of UTF-8, as its messages do.

const FOUR_BYTE_CHARACTER = /[\u{10000}-\u{10FFFF}]/u;

interface TextRule {
  max: number;
  min?: number;
  pattern?: RegExp;
}

/** A text field; `label` is its name in WeChat's documentation. */
export function text(label: string, rule: TextRule) {
  const min = rule.min ?? 1;
  return z
    .string({ error: (issue) => typeProblem(label, issue.input, '字符串') })
    .superRefine((value, context) => {
      const bytes = Buffer.byteLength(value, 'utf8');
      const say = (message: string) =>
        context.addIssue({ code: 'custom', message: `${label}”字符串规则校验失败，${message}` });
      if (bytes < min) {
        say(`字节数 ${bytes}，小于最小值 ${min}`);
      } else if (bytes > rule.max) {
        say(`字节数 ${bytes}，大于最大值 ${rule.max}`);
      } else if (FOUR_BYTE_CHARACTER.test(value)) {
        say('包含不支持的四字节UTF-8字符');
      } else if (rule.pattern && !rule.pattern.test(value)) {
        say(`字符串必须匹配正则表达式“${rule.pattern.source}”`);
      }
    });
}

export function integer(label: string, min: number, max = Number.MAX_SAFE_INTEGER) {
  return z
    .int({ error: (issue) => typeProblem(label, issue.input, '合法的 64 位有符号整数') })
    .superRefine((value, context) => {
      const say = (message: string) =>
        context.addIssue({ code: 'custom', message: `${label}”数值规则校验失败，${message}` });
      if (value < min) {
        say(`值低于最小值 ${min}`);
      } else if (value > max) {
        say(`值高于最大值 ${max}`);
      }
    });
}

export function oneOf<const Values extends readonly [string, ...string[]]>(label: string, values: Values) {
  return z.enum(values, {
    error: (issue) =>
      issue.input === undefined
        ? required(label)
        : `${label}”枚举规则校验失败，可选值为 ${values.join('、')}`,
  });
}

export function group<Shape extends z.ZodRawShape>(label: string, shape: Shape) {
  return z.object(shape, { error: (issue) => typeProblem(label, issue.input, 'JSON 对象') });
}

function required(label: string): string {
  return `${label}”必填性规则校验失败，此字段为必填项`;
}

function typeProblem(label: string, input: unknown, expected: string): string {
  return input === undefined ? required(label) : `${label}”类型校验失败，此字段需要一个${expected}`;
}

/** Parses a body or a set of parameters, or throws PARAM_ERROR for the first problem. */
export function check<Schema extends z.ZodType>(
  schema: Schema,
  input: unknown,
  location: 'body' | 'query' | 'uri_template',
): z.infer<Schema> {
  const parsed = schema.safeParse(input);
  if (parsed.success) {
    return parsed.data;
  }
  const issue = parsed.error.issues[0];
  const pointer = `/${(issue?.path ?? []).join('/')}`;
  throw paramError(
    `输入源“/${location}${pointer === '/' ? '' : pointer}”映射到值字段“${issue?.message ?? ''}`,
    {
      field: location === 'body' ? pointer : pointer.slice(1),
      value: valueAt(input, issue?.path ?? []),
      issue: issue?.message ?? 'invalid',
      location,
    },
  );
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  let value = input;
  for (const key of path) {
    if (typeof value !== 'object' || value === null) {
      return null;
    }
    value = (value as Record<PropertyKey, unknown>)[key];
  }
  return value ?? null;
}

/** Parses a JSON body; anything else than an object is PARAM_ERROR. */
export function parseBody(body: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return value as Record<string, unknown>;
    }
  } catch {
    // Falls through to the same refusal: WeChat does not tell broken JSON from the wrong kind of JSON.
  }
  throw paramError('请求体不是合法的JSON对象', {
    field: '/',
    value: null,
    issue: 'invalid JSON',
    location: 'body',
  });
}
