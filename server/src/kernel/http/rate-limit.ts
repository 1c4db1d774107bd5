import { createRequire } from 'node:module';
import type {
  RateLimiterMemory as RateLimiterMemoryType,
  RateLimiterRes as RateLimiterResType,
} from 'rate-limiter-flexible';
import { AppError, tooManyRequests } from '../errors.ts';
import type { RateLimit } from './route.ts';

// Its index loads a limiter for every database that there is.
const require = createRequire(import.meta.url);
const RateLimiterMemory =
  require('rate-limiter-flexible/lib/RateLimiterMemory.js') as typeof RateLimiterMemoryType;
const RateLimiterRes = require('rate-limiter-flexible/lib/RateLimiterRes.js') as typeof RateLimiterResType;

/** Takes one point from whoever `who` is, or throws `too_many_requests` (429) with Retry-After. */
export type TakePoint = (who: string) => Promise<void>;

/** A limiter of this process; several nodes each count for themselves. */
export function createRateLimiter(name: string, limit: RateLimit): TakePoint {
  const limiter = new RateLimiterMemory({
    keyPrefix: name,
    points: limit.points,
    duration: limit.perSeconds,
  });
  return async (who) => {
    try {
      await limiter.consume(who);
    } catch (refusal) {
      if (!(refusal instanceof RateLimiterRes)) {
        throw refusal;
      }
      throw new AppError(tooManyRequests, {
        retryAfterSeconds: Math.max(1, Math.ceil(refusal.msBeforeNext / 1_000)),
      });
    }
  };
}
