import type { SelectQueryBuilder } from 'kysely';
import type { Reader, Schema } from '../../kernel/db/index.ts';
import { COUNT_LIMIT, type Pagination, type Paging, paginate } from '../../kernel/http/index.ts';
import { type Stock, toStock } from './stock.ts';

export interface StockFilter extends Paging {
  readonly sort: 'sku' | '-sku' | 'updatedAt' | '-updatedAt';
  /** The beginning of a SKU, or a variant's id. */
  readonly search?: string | undefined;
  /** Tracked variants of which at most so many are still to be had. */
  readonly availableAtMost?: number | undefined;
  readonly isTracked?: boolean | undefined;
  readonly isShort?: boolean | undefined;
}

type StockQuery<O> = SelectQueryBuilder<Schema, 'stock_items', O>;

/** The first text that no longer begins with `prefix`, for a search that can use the index on every engine. */
const afterPrefix = (prefix: string): string => `${prefix}\u{10ffff}`;

function matching<O>(from: StockQuery<O>, filter: StockFilter): StockQuery<O> {
  let query = from;
  const { search, availableAtMost } = filter;
  if (search !== undefined) {
    query = query.where((eb) =>
      eb.or([
        eb('variant_id', '=', search),
        eb.and([eb('sku', '>=', search), eb('sku', '<=', afterPrefix(search))]),
      ]),
    );
  }
  if (availableAtMost !== undefined) {
    query = query
      .where('is_tracked', '=', 1)
      .where((eb) =>
        eb(
          eb(eb('on_hand', '+', eb.ref('backorder_allowance')), '-', eb.ref('reserved')),
          '<=',
          availableAtMost,
        ),
      );
  }
  if (filter.isTracked !== undefined) {
    query = query.where('is_tracked', '=', filter.isTracked ? 1 : 0);
  }
  if (filter.isShort !== undefined) {
    query = query.where('short', filter.isShort ? '>' : '=', 0);
  }
  return query;
}

/** One page of the stock of all variants. */
export async function listStock(
  reader: Reader,
  filter: StockFilter,
): Promise<{ readonly items: Stock[]; readonly pagination: Pagination }> {
  const counted = await reader.query
    .selectFrom(
      matching(reader.query.selectFrom('stock_items').select('variant_id'), filter)
        .limit(COUNT_LIMIT)
        .as('counted'),
    )
    .select((eb) => eb.fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  const direction = filter.sort.startsWith('-') ? 'desc' : 'asc';
  const rows = await matching(reader.query.selectFrom('stock_items').selectAll(), filter)
    .orderBy(filter.sort.endsWith('sku') ? 'sku' : 'updated_at', direction)
    .orderBy('variant_id', direction)
    .limit(filter.limit)
    .offset((filter.page - 1) * filter.limit)
    .execute();
  return { items: rows.map(toStock), pagination: paginate(filter, Number(counted.total)) };
}
