/** What an `errcode` of WeChat's server interfaces means. WeChat answers HTTP 200 whatever happened. */
import { AppError, providerUnavailable } from '../../kernel/errors.ts';
import { wechatCodeInvalid, wechatCodeUsed, wechatRateLimited, wechatUserBlocked } from './errors.ts';

const BUSY = -1;
const RETRY_AFTER_SECONDS = 5;
const RATE_WINDOW_SECONDS = 60;

/** The access token is not, or no longer, the right one. */
const REJECTED_TOKEN: ReadonlySet<number> = new Set([40001, 40014, 42001]);

/** The caller's doing; everything else is WeChat's trouble or our configuration. */
const CALLERS: Readonly<Record<number, () => AppError>> = {
  40029: () => new AppError(wechatCodeInvalid),
  41008: () => new AppError(wechatCodeInvalid),
  40163: () => new AppError(wechatCodeUsed),
  40226: () => new AppError(wechatUserBlocked),
  45011: () => new AppError(wechatRateLimited, { retryAfterSeconds: RATE_WINDOW_SECONDS }),
};

export function isRejectedToken(errcode: number): boolean {
  return REJECTED_TOKEN.has(errcode);
}

/** Whether a person has to look at it: neither the caller's doing nor a passing weakness of WeChat. */
export function needsAttention(errcode: number): boolean {
  return errcode !== BUSY && !Object.hasOwn(CALLERS, errcode);
}

export function toAppError(errcode: number): AppError {
  return CALLERS[errcode]?.() ?? unavailable();
}

export function unavailable(cause?: unknown): AppError {
  return new AppError(providerUnavailable, { retryAfterSeconds: RETRY_AFTER_SECONDS, cause });
}
