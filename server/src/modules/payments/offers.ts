import type { GatewayMethod, OrderKind } from '../../gateways/gateway.ts';

/** What a rail is asked to sell; in minor units, any amount without one. */
interface Sale {
  readonly kind: OrderKind;
  readonly currency: string;
  readonly amount?: number;
}

/** Whether a rail may sell this kind of order in this currency, for this amount (RULES 3). */
export function isOffered(method: GatewayMethod, { kind, currency, amount }: Sale): boolean {
  const { min = 0, max = Number.MAX_SAFE_INTEGER } = method.amounts?.[currency] ?? {};
  const isWithin = amount === undefined || (amount >= min && amount <= max);
  return isWithin && method.kinds.includes(kind) && method.currencies.includes(currency);
}
