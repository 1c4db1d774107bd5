import { z } from 'zod';
import { AppError, type FieldError, invalidRequest, type Locale } from '../errors.ts';

const messages = {
  en: z.locales.en().localeError,
  zh: z.locales.zhCN().localeError,
};

function toFieldErrors(error: z.ZodError): FieldError[] {
  return error.issues.flatMap((issue): FieldError[] => {
    const path = issue.path.map(String).join('.');
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({
        field: path === '' ? key : `${path}.${key}`,
        message: issue.message,
        code: 'unrecognized_key',
      }));
    }
    return [{ field: path, message: issue.message, code: issue.code ?? 'invalid' }];
  });
}

/** Parses one part of a request, or throws `invalid_request` (400) with an entry for each field that is wrong. */
export function parseInput<T>(schema: z.ZodType<T>, input: unknown, locale: Locale): T {
  const parsed = schema.safeParse(input, { error: messages[locale] });
  if (!parsed.success) {
    throw new AppError(invalidRequest, { fields: toFieldErrors(parsed.error) });
  }
  return parsed.data;
}
