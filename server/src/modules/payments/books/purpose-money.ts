import type { Reader } from '../../../kernel/db/index.ts';

/** What one purpose has brought and given back, in minor units: captured less refunds done or under way is what I9 compares. */
export interface PurposeMoney {
  readonly purposeId: string;
  readonly captured: number;
  readonly surplus: number;
  /** By how much less was taken than was asked for: accepted by a person, or let go with the rest of a hold. */
  readonly waived: number;
  readonly refunded: number;
  /** What disputes have taken and not given back. */
  readonly disputed: number;
}

/** The money of these purposes, by id; those without a capture are left out. */
export async function readMoneyOf(
  db: Reader,
  purposeType: string,
  purposeIds: readonly string[],
): Promise<Map<string, PurposeMoney>> {
  if (purposeIds.length === 0) {
    return new Map();
  }
  const captures = await db.query
    .selectFrom('captures')
    .select((select) => [
      'purpose_id',
      select.fn.sum<number>('amount').as('amount'),
      select.fn.sum<number>('surplus_amount').as('surplus'),
    ])
    .where('purpose_type', '=', purposeType)
    .where('purpose_id', 'in', [...purposeIds])
    .where('status', '=', 'succeeded')
    .groupBy('purpose_id')
    .execute();
  const kept = await db.query
    .selectFrom('payments')
    .innerJoin('captures', 'captures.payment_id', 'payments.id')
    .select((select) => [
      'payments.purpose_id as purpose_id',
      'payments.amount as asked',
      select.fn
        .sum<number>(select('captures.amount', '-', select.ref('captures.surplus_amount')))
        .as('amount'),
    ])
    .where('payments.purpose_type', '=', purposeType)
    .where('payments.purpose_id', 'in', [...purposeIds])
    .where('payments.status', '=', 'succeeded')
    .where('payments.is_surplus', '=', 0)
    .where('captures.status', '=', 'succeeded')
    .groupBy(['payments.id', 'payments.purpose_id', 'payments.amount'])
    .execute();
  const refunds = await db.query
    .selectFrom('refunds')
    .select((select) => ['purpose_id', select.fn.sum<number>('amount').as('amount')])
    .where('purpose_type', '=', purposeType)
    .where('purpose_id', 'in', [...purposeIds])
    .where('status', 'in', ['reserved', 'sent', 'unknown', 'abnormal', 'succeeded'])
    .groupBy('purpose_id')
    .execute();
  const disputes = await db.query
    .selectFrom('disputes')
    .select((select) => ['purpose_id', select.fn.sum<number>('held_amount').as('amount')])
    .where('purpose_type', '=', purposeType)
    .where('purpose_id', 'in', [...purposeIds])
    .groupBy('purpose_id')
    .execute();
  const disputedOf = new Map(disputes.map(({ purpose_id: id, amount }) => [id, amount]));
  const refundedOf = new Map(refunds.map(({ purpose_id: id, amount }) => [id, amount]));
  const waivedOf = sumWaived(kept);
  return new Map(
    captures.map(({ purpose_id: purposeId, amount: captured, surplus }) => [
      purposeId,
      {
        ...{ purposeId, captured, surplus },
        waived: waivedOf.get(purposeId) ?? 0,
        refunded: refundedOf.get(purposeId) ?? 0,
        disputed: disputedOf.get(purposeId) ?? 0,
      },
    ]),
  );
}

interface Kept {
  readonly purpose_id: string;
  readonly asked: number;
  readonly amount: number;
}

function sumWaived(kept: readonly Kept[]): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { purpose_id: id, asked, amount } of kept) {
    // An attempt of which nothing counts has waived nothing: its money is missing.
    const waived = amount > 0 ? Math.max(0, asked - amount) : 0;
    sums.set(id, (sums.get(id) ?? 0) + waived);
  }
  return sums;
}
