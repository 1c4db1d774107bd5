import { type Fault, numberParam, textParam } from '../faults.ts';

/** Faults that tell a wrong fact under a right signature, in notifications and in answers to queries. */
export const DISTORTIONS = ['wrong_amount', 'wrong_mchid', 'wrong_appid', 'wrong_currency'] as const;

export function isDistortion(kind: string): boolean {
  return (DISTORTIONS as readonly string[]).includes(kind);
}

/** The same trade or refund with one fact changed; parameters choose the value. */
export function distort(plain: Record<string, unknown>, fault: Fault): Record<string, unknown> {
  const amount = (plain.amount ?? {}) as Record<string, unknown>;
  switch (fault.kind) {
    case 'wrong_amount':
      return { ...plain, amount: changeAmount(amount, fault) };
    case 'wrong_mchid':
      return { ...plain, mchid: textParam(fault, 'mchid', '1999999999') };
    case 'wrong_appid':
      return { ...plain, appid: textParam(fault, 'appid', 'wx0000000000000000') };
    case 'wrong_currency':
      return { ...plain, amount: { ...amount, currency: textParam(fault, 'currency', 'USD') } };
    default:
      return plain;
  }
}

function changeAmount(amount: Record<string, unknown>, fault: Fault): Record<string, unknown> {
  const field = 'refund' in amount ? 'refund' : 'total';
  const value = numberParam(fault, field, Number(amount[field]) + 1);
  const payerField = `payer_${field}`;
  return { ...amount, [field]: value, ...(payerField in amount ? { [payerField]: value } : {}) };
}
