import { z } from 'zod';
import {
  AppError,
  type FieldError,
  invalidRequest,
  type Locale,
  type LocalizedText,
  notFound,
} from '../errors.ts';
import { inLocale } from './inputs.ts';

const messages = {
  en: z.locales.en().localeError,
  zh: z.locales.zhCN().localeError,
};

const ZERO_CHARACTER: LocalizedText = {
  en: 'The character U+0000 is not allowed.',
  zh: '不允许包含字符 U+0000。',
};

/** The paths of texts with U+0000, which PostgreSQL can neither store nor compare, anywhere in what was parsed. */
function findZeroCharacters(input: unknown): string[] {
  const found: string[] = [];
  const waiting: (readonly [path: string, value: unknown])[] = [['', input]];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const [path, value] = next;
    if (typeof value === 'string' && value.includes('\0')) {
      found.push(path);
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, part] of Object.entries(value)) {
        waiting.push([path === '' ? key : `${path}.${key}`, part]);
        if (key.includes('\0')) {
          found.push(path);
        }
      }
    }
  }
  return found;
}

function toFieldErrors(error: z.ZodError, locale: Locale): FieldError[] {
  return error.issues.flatMap((issue): FieldError[] => {
    const path = issue.path.map(String).join('.');
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({
        field: path === '' ? key : `${path}.${key}`,
        message: issue.message,
        code: 'unrecognized_key',
      }));
    }
    return [{ field: path, message: inLocale(issue.message, locale), code: issue.code ?? 'invalid' }];
  });
}

/** Parses one part of a request, or throws `invalid_request` (400) with an entry for each field that is wrong. */
export function parseInput<T>(schema: z.ZodType<T>, input: unknown, locale: Locale): T {
  const parsed = schema.safeParse(input, { error: messages[locale] });
  if (!parsed.success) {
    throw new AppError(invalidRequest, { fields: toFieldErrors(parsed.error, locale) });
  }
  const zeros = findZeroCharacters(parsed.data);
  if (zeros.length > 0) {
    const fields = zeros.map((field) => ({
      field,
      message: ZERO_CHARACTER[locale],
      code: 'invalid_character',
    }));
    throw new AppError(invalidRequest, { fields });
  }
  return parsed.data;
}

/**
 * Parses the parameters of a path as `parseInput` does. No id and no slug ends in a space, but MariaDB finds 'abc' where
 * it is asked for 'abc ', so such a one is `not_found` (404) on every engine.
 */
export function parseParams<T>(schema: z.ZodType<T>, params: unknown, locale: Locale): T {
  if (Object.values(params as Record<string, string>).some((value) => value.endsWith(' '))) {
    throw new AppError(notFound);
  }
  return parseInput(schema, params, locale);
}
