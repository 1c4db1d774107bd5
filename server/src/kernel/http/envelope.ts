import { toIso } from '../clock.ts';
import { AppError, type FieldError, internalError, type Locale } from '../errors.ts';

/** The answer of every route but those that speak a provider's format. `code` is the HTTP status. */
export interface SuccessEnvelope<T> {
  readonly code: number;
  readonly message: string;
  readonly data: T;
  readonly timestamp: string;
}

export interface FailureEnvelope {
  readonly code: number;
  readonly message: string;
  /** Stable and snake_case; what clients branch on. */
  readonly error: string;
  readonly errors?: readonly FieldError[];
  readonly details?: Readonly<Record<string, unknown>>;
  readonly data: null;
  readonly path: string;
  readonly requestId: string;
  readonly timestamp: string;
}

const SUCCESS = { en: 'success', zh: '成功' } as const;

/** The envelope of a success; `now` in milliseconds. */
export function success<T>(status: number, data: T, locale: Locale, now: number): SuccessEnvelope<T> {
  return { code: status, message: SUCCESS[locale], data, timestamp: toIso(now) };
}

interface FailureContext {
  readonly locale: Locale;
  readonly path: string;
  readonly requestId: string;
  readonly now: number;
}

/** What a failure looks like outside. Anything but an AppError becomes `internal_error`: no stack, no driver's words. */
export function failure(error: unknown, context: FailureContext): FailureEnvelope {
  const known = error instanceof AppError ? error : new AppError(internalError);
  return {
    code: known.definition.status,
    message: known.definition.message[context.locale],
    error: known.code,
    ...(known.fields && { errors: known.fields }),
    ...(known.details && { details: known.details }),
    data: null,
    path: context.path,
    requestId: context.requestId,
    timestamp: toIso(context.now),
  };
}
