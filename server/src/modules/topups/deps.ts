/** What top-ups ask of others; compose hands it in. */
import type { Clock } from '../../kernel/clock.ts';
import type { Db } from '../../kernel/db/index.ts';
import type { Logger } from '../../kernel/log/index.ts';
import type { DeliveryResult, Operator } from '../../operators/operator.ts';
import type { Orders } from '../orders/index.ts';
import type { TariffCache } from './tariff-cache.ts';

/** Where the operators that are switched on are found. */
export interface Operators {
  readonly operators: readonly Operator[];
  byName(operator: string): Operator | undefined;
  byNumber(text: string): { readonly operator: Operator; readonly msisdn: string } | undefined;
}

export interface TopupsDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Logger;
  readonly operators: Operators;
  readonly orders: Pick<Orders, 'placeVirtualOrder' | 'delivery'>;
  readonly tariffs: TariffCache;
  /** Whether the money of a top-up that the operator refused goes back by itself. */
  readonly hasAutoRefund: boolean;
  /** Told of every word of an operator on a delivery, for metrics. */
  readonly onResult?: (result: {
    readonly operator: string;
    readonly outcome: DeliveryResult['outcome'];
  }) => void;
}

/** Throws for one that is switched off: its top-ups wait until it is on again. */
export function operatorOf({ operators }: TopupsDeps, name: string): Operator {
  const operator = operators.byName(name);
  if (operator === undefined) {
    throw new Error(`the operator ${name} is not switched on`);
  }
  return operator;
}
