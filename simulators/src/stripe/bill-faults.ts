import { numberParam } from '../faults.ts';
import { PROVIDER, type StripeContext } from './context.ts';
import { subjectOf } from './events.ts';
import type { StripeObject } from './objects.ts';

/** Kinds of fault that make the bill disagree with what happened. */
export const BILL_FAULTS = ['missing_row', 'extra_row', 'amount_differs', 'fee_differs'] as const;

const ROW_FAULTS = ['missing_row', 'amount_differs', 'fee_differs'];

/** A page of the bill, disturbed. An amount is changed in its source too, which is what the payment's currency is read from. */
export function disturbPage(context: StripeContext, lines: readonly StripeObject[]): StripeObject[] {
  const disturbed = lines.flatMap((line): StripeObject[] => {
    const source = typeof line.source === 'string' ? context.objects.find(line.source) : undefined;
    const paymentId = source && subjectOf(context, source);
    const fault = context.faults.take(PROVIDER, 'list_balance_transactions', ROW_FAULTS, { paymentId });
    const by = fault && numberParam(fault, 'by', 1);
    switch (fault?.kind) {
      case 'missing_row':
        return [];
      case 'amount_differs':
        return [
          { ...line, amount: (line.amount as number) + (by ?? 1), source: distortSource(source, by ?? 1) },
        ];
      case 'fee_differs':
        return [{ ...line, fee: (line.fee as number) + (by ?? 1), net: (line.net as number) - (by ?? 1) }];
      default:
        return [line];
    }
  });
  const [first] = lines;
  const extra = first && context.faults.take(PROVIDER, 'list_balance_transactions', ['extra_row'], {});
  return extra === undefined || first === undefined
    ? disturbed
    : [
        ...disturbed,
        {
          ...first,
          id: context.objects.newId('balance_transaction'),
          source: context.objects.newId('charge'),
        },
      ];
}

function distortSource(source: StripeObject | undefined, by: number): unknown {
  if (source === undefined) {
    return null;
  }
  const name = source.object === 'charge' ? 'amount_captured' : 'amount';
  return { ...source, [name]: (source[name] as number) + by };
}
