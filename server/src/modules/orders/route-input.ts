/** What several routes of orders take. */
import { z } from 'zod';
import { dateRangeQuery, pagingQuery } from '../../kernel/http/index.ts';
import { orderStatuses } from './order-states.ts';

export const orderParams = z.object({ id: z.string().min(1).max(64) });

export const listQuery = z.strictObject({
  ...pagingQuery,
  sort: z.enum(['placedAt', '-placedAt']).default('-placedAt'),
  status: z.enum(orderStatuses).optional(),
  ...dateRangeQuery,
  customer: z.string().min(1).max(64).optional(),
});
