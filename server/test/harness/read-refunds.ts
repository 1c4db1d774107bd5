import type { Reader, Schema } from '../../src/kernel/db/index.ts';

/** Every refund of what was paid for, oldest first. */
export function readRefunds(
  { query }: Reader,
  { id }: { readonly id: string },
): Promise<Schema['refunds'][]> {
  return query.selectFrom('refunds').selectAll().where('purpose_id', '=', id).orderBy('id').execute();
}
