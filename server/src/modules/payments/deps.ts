import type { Gateway, PaymentMethod } from '../../gateways/gateway.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Db } from '../../kernel/db/index.ts';
import type { Logger } from '../../kernel/log/index.ts';
import type { Ledger } from '../ledger/index.ts';
import type { PurposeOwner } from './purpose.ts';

/** Where the gateways that are switched on are found. */
export interface Gateways {
  byProvider(provider: string): Gateway | undefined;
  byMethod(method: PaymentMethod): Gateway | undefined;
}

/** What became of a notification, for metrics. */
export interface NotificationOutcome {
  readonly provider: string;
  readonly outcome: 'rejected' | 'hint' | 'applied' | 'ignored' | 'quarantined' | 'repeated' | 'failed';
}

export interface PaymentsDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Logger;
  readonly ledger: Ledger;
  readonly gateways: Gateways;
  /** Filled by compose.ts before the first request. */
  readonly owners: ReadonlyMap<string, PurposeOwner>;
  /** Where providers reach us, without a slash at its end. */
  readonly publicUrl: string;
  /** How long an outbound call may take. */
  readonly outboundTimeoutMs: number;
  /** Told of every notification. */
  readonly onNotification?: (outcome: NotificationOutcome) => void;
}

/** Throws for a provider whose gateway is switched off: its attempts wait until it is on again. */
export function gatewayOf(deps: PaymentsDeps, row: { readonly provider: string }): Gateway {
  const gateway = deps.gateways.byProvider(row.provider);
  if (gateway === undefined) {
    throw new Error(`the gateway of ${row.provider} is not switched on`);
  }
  return gateway;
}

export function ownerOf(deps: PaymentsDeps, type: string): PurposeOwner {
  const owner = deps.owners.get(type);
  if (owner === undefined) {
    throw new Error(`nobody owns payments for ${type}`);
  }
  return owner;
}

export function notifyUrlOf(deps: PaymentsDeps, provider: string): string {
  return `${deps.publicUrl}/payments/notify/${provider}`;
}
