/** The sums of a day, by type and currency. Pure. */
import type { Compared } from './difference.ts';
import type { BillSumRow } from './tables.ts';

type Sum = Omit<BillSumRow, 'run_id' | 'fee_posted'>;

/**
 * Adds up what the bill says and what our books have of the same lines, so that the two differ by exactly the differences
 * of the lines. What stands in no bill is listed and not summed here.
 */
export function createTally() {
  const sums = new Map<string, Sum>();
  const corrections = new Map<string, number>();

  function sumOf(type: Sum['type'], currency: string): Sum {
    const known = sums.get(`${type} ${currency}`);
    if (known !== undefined) {
      return known;
    }
    const none = { bill_count: 0, bill_amount: 0, bill_fee: 0, here_count: 0, here_amount: 0, here_fee: 0 };
    const made = { type, currency, ...none, ledger_amount: 0 };
    sums.set(`${type} ${currency}`, made);
    return made;
  }

  return {
    add({ line, money, finding }: Compared): void {
      if (line.status === 'succeeded') {
        const sum = sumOf(line.type, line.currency);
        sum.bill_count += 1;
        sum.bill_amount += line.amount;
        sum.bill_fee += line.fee ?? 0;
      }
      const counts = line.status === 'succeeded' || finding !== null;
      if (money?.status !== 'succeeded' || !counts) {
        return;
      }
      const sum = sumOf(line.type, money.amount.currency);
      sum.here_count += 1;
      sum.here_amount += money.amount.amount;
      sum.here_fee += money.fee ?? 0;
      sum.ledger_amount += money.ledgerAmount ?? 0;
      if (line.fee !== null && (finding === null || finding.kind === 'fee')) {
        const due = line.fee - (money.fee ?? 0);
        corrections.set(line.currency, (corrections.get(line.currency) ?? 0) + due);
      }
    },
    /** By currency, how much more than had accrued the provider has kept of what agrees. */
    corrections: (): ReadonlyMap<string, number> => corrections,
    sums: (): readonly Sum[] => [...sums.values()],
  };
}

export type Tally = ReturnType<typeof createTally>;
