import { type Fault, textParam } from '../faults.ts';
import type { PaypalContext } from './context.ts';

/** Faults that tell a wrong fact under a right signature, in notifications and in answers to queries. */
export const DISTORTIONS = ['wrong_amount', 'wrong_currency', 'wrong_merchant'] as const;

export function isDistortion(kind: string): boolean {
  return (DISTORTIONS as readonly string[]).includes(kind);
}

/** The same order, capture or refund with one fact changed wherever it stands; parameters choose the value. */
export function distort(
  context: PaypalContext,
  plain: Record<string, unknown>,
  fault: Fault,
): Record<string, unknown> {
  const { merchantId } = context.material.current();
  const change = (key: string, value: unknown): unknown => {
    switch (fault.kind) {
      case 'wrong_amount':
        return key === 'value' ? textParam(fault, 'value', '0.01') : value;
      case 'wrong_currency':
        return key === 'currency_code' ? textParam(fault, 'currency', 'GBP') : value;
      case 'wrong_merchant':
        return value === merchantId ? textParam(fault, 'merchantId', '2222222222222') : value;
      default:
        return value;
    }
  };
  return JSON.parse(JSON.stringify(plain, change)) as Record<string, unknown>;
}
