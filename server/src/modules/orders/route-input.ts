/** What several routes of orders take. */
import { z } from 'zod';
import { pagingQuery } from '../../kernel/http/index.ts';
import { orderStatuses } from './order-states.ts';

export const orderParams = z.object({ id: z.string().min(1).max(64) });

export const listQuery = z.strictObject({
  ...pagingQuery,
  sort: z.enum(['placedAt', '-placedAt']).default('-placedAt'),
  status: z.enum(orderStatuses).optional(),
  startDate: z.iso.datetime({ offset: true }).or(z.iso.date()).optional(),
  endDate: z.iso.datetime({ offset: true }).or(z.iso.date()).optional(),
  customer: z.string().min(1).max(64).optional(),
});

/** The beginning of a date, or for the end of a range its last millisecond (UTC); a time stands for itself. */
export function toRangeMs(value: string | undefined, isEnd: boolean): number | undefined {
  if (value === undefined) {
    return undefined;
  }
  const isDate = value.length === 'yyyy-mm-dd'.length;
  return Date.parse(isDate && isEnd ? `${value}T23:59:59.999Z` : value);
}
