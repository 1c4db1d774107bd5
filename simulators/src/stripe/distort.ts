import { type Fault, numberParam, textParam } from '../faults.ts';

/** Kinds of fault that let an object tell of other money than there is. */
export const DISTORTIONS = ['wrong_amount', 'wrong_currency'] as const;

const AMOUNTS = ['amount', 'amount_received', 'amount_capturable', 'amount_captured'];

/** Changes the money everywhere in it, and in what stands under it. */
export function distort<T>(value: T, fault: Fault): T {
  if (Array.isArray(value)) {
    return value.map((item) => distort(item as unknown, fault)) as T;
  }
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => {
      if (fault.kind === 'wrong_currency' && name === 'currency' && typeof inner === 'string') {
        return [name, textParam(fault, 'currency', inner === 'eur' ? 'usd' : 'eur')];
      }
      if (fault.kind === 'wrong_amount' && AMOUNTS.includes(name) && typeof inner === 'number' && inner > 0) {
        return [name, numberParam(fault, 'amount', inner + 1)];
      }
      return [name, distort(inner as unknown, fault)];
    }),
  ) as T;
}
