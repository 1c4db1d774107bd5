import { z } from 'zod';
import type { BillResult } from '../operator.ts';
import { MALFORMED_ANSWER } from './answers.ts';
import type { UnitelClient } from './client.ts';
import { readAmount } from './money.ts';
import { withoutSuccess } from './tariffs.ts';

const amount = z.union([z.number(), z.string()]);

/** Fields of a prepaid number may be empty. */
const billSchema = z.object({
  invoice_amount: amount.nullish(),
  total_unpaid: amount.nullish(),
  invoice_date: z.string().nullish(),
});

const MAX_PERIOD_LENGTH = 64;

/** What a number owes; nothing where it is not billed afterwards. */
export function createReadBill(client: UnitelClient): (msisdn: string) => Promise<BillResult> {
  return async (msisdn) => {
    const body = { owner: msisdn, msisdn };
    const answer = await client.ask({ operation: 'invoice', path: '/service/unitel', body });
    if (answer.kind !== 'success') {
      return withoutSuccess(answer);
    }
    const { data } = billSchema.safeParse(answer.body);
    const due = data && readAmount(data.total_unpaid ?? 0);
    const invoiceAmount = data && readAmount(data.invoice_amount ?? 0);
    if (due === undefined || invoiceAmount === undefined) {
      return { outcome: 'unavailable', reason: MALFORMED_ANSWER };
    }
    // A number that has paid ahead owes less than nothing.
    const period = data?.invoice_date?.slice(0, MAX_PERIOD_LENGTH) || null;
    return { outcome: 'found', bill: { due: Math.max(0, due), invoiceAmount, period } };
  };
}
