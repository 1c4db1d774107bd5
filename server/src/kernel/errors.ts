/** The two languages every message exists in. */
export type Locale = 'en' | 'zh';

export type LocalizedText = Readonly<Record<Locale, string>>;

/** One thing that is wrong with one field of the input. `field` is a path such as `items.0.quantity`. */
export interface FieldError {
  readonly field: string;
  readonly message: string;
  readonly code: string;
}

/** A business failure, declared once; its `code` is part of the API and never changes. */
export interface ErrorDefinition {
  readonly code: string;
  /** The HTTP status it is answered with. */
  readonly status: number;
  readonly message: LocalizedText;
}

export interface AppErrorOptions {
  /** Facts that the client can act on; they stand in the answer as `details`. Never a secret, never a provider's raw words. */
  readonly details?: Readonly<Record<string, unknown>>;
  readonly fields?: readonly FieldError[];
  readonly cause?: unknown;
  /** Answered as the header Retry-After. */
  readonly retryAfterSeconds?: number;
}

/** Thrown for every business failure, so that the transaction rolls back and the envelope says what was wrong. */
export class AppError extends Error {
  readonly definition: ErrorDefinition;
  readonly details: Readonly<Record<string, unknown>> | undefined;
  readonly fields: readonly FieldError[] | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(definition: ErrorDefinition, options: AppErrorOptions = {}) {
    super(definition.message.en, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AppError';
    this.definition = definition;
    this.details = options.details;
    this.fields = options.fields;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }

  get code(): string {
    return this.definition.code;
  }
}

const declared = new Map<string, ErrorDefinition>();

/** Declares a business failure. Throws at start-up when a code is declared twice or is not snake_case. */
export function defineError(definition: ErrorDefinition): ErrorDefinition {
  if (!/^[a-z][a-z0-9_]*$/.test(definition.code)) {
    throw new Error(`error code ${definition.code} is not snake_case`);
  }
  if (declared.has(definition.code)) {
    throw new Error(`error code ${definition.code} is declared twice`);
  }
  declared.set(definition.code, definition);
  return definition;
}

/** Whether `error` is the business failure that `definition` declares. */
export function isError(error: unknown, definition: ErrorDefinition): error is AppError {
  return error instanceof AppError && error.definition === definition;
}

export const invalidRequest = defineError({
  code: 'invalid_request',
  status: 400,
  message: { en: 'The request is not valid.', zh: '请求参数不正确。' },
});

export const malformedBody = defineError({
  code: 'malformed_body',
  status: 400,
  message: { en: 'The body is not valid JSON.', zh: '请求体不是有效的 JSON。' },
});

export const badCursor = defineError({
  code: 'bad_cursor',
  status: 400,
  message: { en: 'The cursor does not belong to this list.', zh: '游标与该列表不匹配。' },
});

export const unauthenticated = defineError({
  code: 'unauthenticated',
  status: 401,
  message: { en: 'Please log in.', zh: '请先登录。' },
});

export const forbidden = defineError({
  code: 'forbidden',
  status: 403,
  message: { en: 'You are not allowed to do this.', zh: '没有权限执行此操作。' },
});

export const notFound = defineError({
  code: 'not_found',
  status: 404,
  message: { en: 'There is no such thing.', zh: '未找到。' },
});

export const illegalTransition = defineError({
  code: 'illegal_transition',
  status: 409,
  message: { en: 'This status can not be reached from the present one.', zh: '当前状态不允许该变更。' },
});

export const payloadTooLarge = defineError({
  code: 'payload_too_large',
  status: 413,
  message: { en: 'The request is too large.', zh: '请求内容过大。' },
});

/** The request carries no file. */
export const fileMissing = defineError({
  code: 'file_missing',
  status: 400,
  message: { en: 'The request carries no file.', zh: '请求中没有文件。' },
});

/** The parts of a form can not be told apart: no boundary, or an end that never comes. */
export const malformedForm = defineError({
  code: 'malformed_form',
  status: 400,
  message: {
    en: 'The form with the file can not be read; please send it again.',
    zh: '无法读取包含文件的表单，请重新发送。',
  },
});

export const unsupportedMediaType = defineError({
  code: 'unsupported_media_type',
  status: 415,
  message: { en: 'This content type is not supported.', zh: '不支持该内容类型。' },
});

export const tooManyRequests = defineError({
  code: 'too_many_requests',
  status: 429,
  message: { en: 'Too many requests; please wait a moment.', zh: '请求过于频繁，请稍后再试。' },
});

export const internalError = defineError({
  code: 'internal_error',
  status: 500,
  message: { en: 'Something went wrong on our side.', zh: '服务器内部错误。' },
});

/** A provider (payment, WeChat, text messages) gave no usable answer; nothing is lost, and trying again is right. */
export const providerUnavailable = defineError({
  code: 'provider_unavailable',
  status: 502,
  message: {
    en: 'An outside service did not answer; please try again in a moment.',
    zh: '外部服务暂无响应，请稍后重试。',
  },
});

export const serviceUnavailable = defineError({
  code: 'service_unavailable',
  status: 503,
  message: {
    en: 'The service is not available at the moment; please try again.',
    zh: '服务暂不可用，请重试。',
  },
});

/**
 * Answered when the connection was lost while COMMIT was under way: whether the change was made is unknown, so it is
 * never run again by itself. The Idempotency-Key or a job finds out (RULES 15).
 */
export const commitUnknown = defineError({
  code: 'commit_unknown',
  status: 503,
  message: {
    en: 'The outcome is not known yet; please repeat the request with the same Idempotency-Key.',
    zh: '结果暂时未知，请使用相同的 Idempotency-Key 重试。',
  },
});
