export { type Authenticate, actorOf, type Caller, hasPermission, type RequestHeaders } from './caller.ts';
export { countryInput, currencyInput, inputMessage } from './inputs.ts';
export { localeOf } from './locale.ts';
export { type OperationsDeps, registerOperations } from './operations.ts';
export {
  COUNT_LIMIT,
  dateRangeQuery,
  decodeCursor,
  encodeCursor,
  listOf,
  type Pagination,
  type Paging,
  paginate,
  pagingQuery,
  readTimeCursor,
  toRangeMs,
} from './paging.ts';
export { handleIdempotencyPrune, idempotencyPrune } from './prune-keys.ts';
export { createRateLimiter } from './rate-limit.ts';
export { type PageSource, readPage } from './read-page.ts';
export {
  type Access,
  type Handler,
  type RouteContext,
  type Router,
  type RouteSpec,
  requireCaller,
} from './route.ts';
export { createRouter, type RouterDeps } from './router.ts';
export { createHttpServer, type HttpServerDeps } from './server.ts';
export type { Upload } from './upload.ts';
