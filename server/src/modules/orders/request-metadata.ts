import type { RouteContext } from '../../kernel/http/index.ts';
import type { OrderRequest } from './draft-order.ts';

const MAX_HEADER_LENGTH = 500;

function shorten(header: string | undefined): string | null {
  return header?.slice(0, MAX_HEADER_LENGTH) ?? null;
}

/** What is kept of the request that places an order: where it came from, and by what. */
export function toMetadata(
  { request, ip }: Pick<RouteContext<unknown, unknown, unknown>, 'request' | 'ip'>,
  source: string,
): OrderRequest['metadata'] {
  return {
    source,
    userAgent: shorten(request.headers['user-agent']),
    ipAddress: ip,
    referrer: shorten(request.headers.referer),
  };
}
