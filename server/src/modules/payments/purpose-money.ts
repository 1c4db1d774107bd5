import type { Reader } from '../../kernel/db/index.ts';

/** What one purpose has brought and given back, in minor units: captured less refunds done or under way is what I9 compares. */
export interface PurposeMoney {
  readonly purposeId: string;
  readonly captured: number;
  readonly surplus: number;
  /** By how much less came than was asked for, where a person has accepted that. */
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
    .innerJoin('payments', 'payments.id', 'captures.payment_id')
    .select((select) => [
      'captures.purpose_id',
      select.fn.sum<number>('captures.amount').as('amount'),
      select.fn.sum<number>('captures.surplus_amount').as('surplus'),
      select.fn
        .sum<number>(
          select
            .case()
            .when(
              select.and([
                select('payments.is_surplus', '=', 0),
                select('payments.amount', '>', select.ref('captures.amount')),
              ]),
            )
            .then(select('payments.amount', '-', select.ref('captures.amount')))
            .else(select.lit(0))
            .end(),
        )
        .as('waived'),
    ])
    .where('captures.purpose_type', '=', purposeType)
    .where('captures.purpose_id', 'in', [...purposeIds])
    .where('captures.status', '=', 'succeeded')
    .groupBy('captures.purpose_id')
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
  const disputed = new Map(disputes.map(({ purpose_id: id, amount }) => [id, amount]));
  const refunded = new Map(refunds.map(({ purpose_id: id, amount }) => [id, amount]));
  return new Map(
    captures.map(({ purpose_id: purposeId, amount, surplus, waived }) => [
      purposeId,
      {
        purposeId,
        captured: amount,
        surplus,
        waived,
        refunded: refunded.get(purposeId) ?? 0,
        disputed: disputed.get(purposeId) ?? 0,
      },
    ]),
  );
}
