import type { Gateway, PaymentMethod } from '../../gateways/gateway.ts';
import type { Actor } from '../../kernel/actor.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Db, Tx } from '../../kernel/db/index.ts';
import { AppError, providerUnavailable } from '../../kernel/errors.ts';
import type { Logger } from '../../kernel/log/index.ts';
import type { Money } from '../../kernel/money.ts';
import type { Account, Ledger } from '../ledger/index.ts';
import { returnUrlNotAllowed } from './errors.ts';
import type { Purpose, PurposeOwner } from './purpose.ts';
import type { Review } from './reviews/review.ts';

/** Where the gateways that are switched on are found. */
export interface Gateways {
  byProvider(provider: string): Gateway | undefined;
  byMethod(method: PaymentMethod): Gateway | undefined;
}

/** What became of a notification, for metrics. */
export interface NotificationOutcome {
  readonly provider: string;
  readonly outcome:
    | 'rejected'
    | 'unverified'
    | 'hint'
    | 'applied'
    | 'ignored'
    | 'quarantined'
    | 'repeated'
    | 'failed';
}

/** What a customer is given in place of money. */
export interface StoreCredit {
  readonly customerId: string;
  readonly amount: Money;
  /** The ledger's account that it comes from. */
  readonly from: Account;
  /** That of the transfer, which is posted with it. */
  readonly cause: string;
  readonly purpose: Purpose;
  readonly by: Actor;
  readonly note: string | null;
}

export interface PaymentsDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Logger;
  readonly ledger: Ledger;
  /** Keeps store credit; posts its transfer. */
  creditCustomer(tx: Tx, credit: StoreCredit): Promise<void>;
  readonly gateways: Gateways;
  /** Filled by compose.ts before the first request. */
  readonly owners: ReadonlyMap<string, PurposeOwner>;
  /** Where providers reach us, without a slash at its end. */
  readonly publicUrl: string;
  /** Whose pages a payer may be sent back to besides our own, such as `https://shop.example.com`. */
  readonly returnOrigins: readonly string[];
  /** How long an outbound call may take. */
  readonly outboundTimeoutMs: number;
  /** How long a review, or a provider that is still working, may hold the close of what is paid for. */
  readonly holds: { readonly reviewMs: number; readonly processingMs: number };
  /** How long it is kept from where and with which device somebody paid. */
  readonly originKeptMs: number;
  /** Looks at an attempt before its provider is called; nothing is reviewed without it. */
  readonly review?: Review;
  /** A keyed hash: what a device says of itself is not kept. */
  hashDevice(fingerprint: string): string;
  /** Told of every notification. */
  readonly onNotification?: (outcome: NotificationOutcome) => void;
}

/** What a provider is like; throws for one whose gateway is switched off: its attempts wait until it is on again. */
export function gatewayOf(deps: PaymentsDeps, row: { readonly provider: string }): Gateway {
  const gateway = deps.gateways.byProvider(row.provider);
  if (gateway === undefined) {
    throw new Error(`the gateway of ${row.provider} is not switched on`);
  }
  return gateway;
}

interface AtMerchant {
  readonly provider: string;
  readonly merchant_account: string;
}

/** Whether the merchant account of the row is the one that its gateway speaks for now. */
export function isReachable(deps: PaymentsDeps, row: AtMerchant): boolean {
  return deps.gateways.byProvider(row.provider)?.merchantAccount === row.merchant_account;
}

/**
 * The gateway to ask about the row, which knows its number. Another merchant account knows nothing of it, and its
 * `not_found` would be taken for the truth: then throws `provider_unavailable` (502), and what asks waits.
 */
export function reachGatewayOf(deps: PaymentsDeps, row: AtMerchant): Gateway {
  if (!isReachable(deps, row)) {
    const cause = `no gateway speaks for ${row.provider} ${row.merchant_account}`;
    throw new AppError(providerUnavailable, { cause });
  }
  return gatewayOf(deps, row);
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

/**
 * Where a provider sends the payer back to: a path of ours, a page of an origin that is allowed, or the cashier. Anything
 * else throws `return_url_not_allowed` (422): a payer is not sent to strangers.
 */
export function returnUrlOf(deps: PaymentsDeps, purpose: Purpose, wanted: string | undefined): string {
  if (wanted === undefined) {
    return `${deps.publicUrl}/cashier/${purpose.id}`;
  }
  const url = URL.parse(wanted, deps.publicUrl);
  const origins = [new URL(deps.publicUrl).origin, ...deps.returnOrigins];
  if (url === null || !origins.includes(url.origin) || url.username !== '' || url.password !== '') {
    throw new AppError(returnUrlNotAllowed);
  }
  return url.href;
}
