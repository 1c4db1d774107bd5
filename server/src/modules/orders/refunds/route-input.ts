/** What the routes of refunds and of returns take. */

import { z } from 'zod';
import { inputMessage } from '../../../kernel/http/index.ts';
import { MAX_LINES, MAX_QUANTITY } from '../order.ts';

/** What providers take of a reason. */
export const MAX_REASON = 80;

export const position = z.int().min(0).max(MAX_LINES);
export const quantity = z.int().min(1).max(MAX_QUANTITY);

interface Positioned {
  readonly position: number;
}

const isOnce = (items: readonly Positioned[]) =>
  new Set(items.map((item) => item.position)).size === items.length;

/** Lines of an order, each at most once. */
export function eachOnce<T extends z.ZodType<Positioned>>(item: T) {
  return z
    .array(item)
    .max(MAX_LINES)
    .refine(isOnce, inputMessage('A line stands here twice.', '同一明细出现两次。'));
}

/** Lines that somebody wants to have refunded. */
export const wantedItems = eachOnce(z.strictObject({ position, quantity })).min(1);
