/**
 * What every mobile operator's folder offers. Each answers with a closed union; whatever an operator can say is mapped to
 * one of these words in one place. A delivery is sent once and never repeated by anybody (RULES 13), so `unknown` is
 * final for the sender: only a query, where the operator has one, or a person may decide it.
 *
 * An operator knows no orders and no tables. It is called outside every transaction, through the kernel's outbound
 * client, and its caller has written down what it is about to do before the call. It throws for a defect only; every
 * failure of the network or of the operator is an outcome.
 */
import type { LocalizedText } from '../kernel/errors.ts';
import type { Currency } from '../kernel/money.ts';

/** Credit for a prepaid number, a data package, or the bill of a number that is billed afterwards. */
export const topupTypes = ['recharge', 'data', 'bill'] as const;

export type TopupType = (typeof topupTypes)[number];

export interface NumberRange {
  /** The country's calling code, without the plus. */
  readonly callingCode: string;
  /** How many digits follow it. */
  readonly digits: number;
  /** What the operator's numbers begin with. */
  readonly prefixes: readonly string[];
}

export interface OperatorCapabilities {
  /** Such as `unitel`. */
  readonly operator: string;
  readonly name: LocalizedText;
  /** ISO 3166-1, two letters. */
  readonly country: string;
  /** Of its prices. */
  readonly currency: Currency;
  readonly types: readonly TopupType[];
  readonly numbers: NumberRange;
  /** It can be asked by our reference what became of a delivery: then `queryDelivery` is there. */
  readonly isQueryable: boolean;
  /** It carries out one reference once. Declared, and not relied upon: a delivery is never sent again. */
  readonly isIdempotent: boolean;
  /** It tells how much of our deposit is left: then `readBalance` is there. */
  readonly hasBalance: boolean;
  /** A 401 to a delivery proves that nothing was delivered. Where it does not, it is `unknown`. */
  readonly isUnauthorisedUnprocessed: boolean;
}

/** Why something did not go as asked: a stable code and a sentence for staff. Never shown to customers. */
export interface OperatorReason {
  readonly code: string;
  readonly message: string;
}

/** A tariff whose code is longer can not be sold: it is part of keys. */
export const MAX_TARIFF_CODE_LENGTH = 40;

/** One thing that the operator sells for a number. Prices are in minor units of its currency. */
export interface Tariff {
  readonly type: 'recharge' | 'data';
  /** How the operator groups it, such as `day`. */
  readonly group: string;
  /** Its name at the operator; unique within the type. */
  readonly code: string;
  /** In the operator's own language. */
  readonly name: string;
  readonly englishName: string | null;
  readonly price: number;
  /** Units of credit. */
  readonly units: number | null;
  /** Such as `3GB`. */
  readonly data: string | null;
  readonly days: number | null;
}

export type TariffsResult =
  | { readonly outcome: 'found'; readonly plan: 'prepaid' | 'postpaid'; readonly tariffs: readonly Tariff[] }
  /** The operator does not sell to this number. */
  | { readonly outcome: 'refused'; readonly reason: OperatorReason }
  | { readonly outcome: 'unavailable'; readonly reason: OperatorReason };

/** What a number that is billed afterwards owes, in minor units of the operator's currency. */
export interface PostpaidBill {
  /** All that is unpaid, those of earlier periods too. */
  readonly due: number;
  readonly invoiceAmount: number;
  /** As the operator words it, such as `2026.10.01-2026.10.31`. */
  readonly period: string | null;
}

export type BillResult =
  | { readonly outcome: 'found'; readonly bill: PostpaidBill }
  | { readonly outcome: 'refused'; readonly reason: OperatorReason }
  | { readonly outcome: 'unavailable'; readonly reason: OperatorReason };

/** What is needed to send one delivery, fetched beforehand. Only the operator's own folder can read it. */
export interface SendPermit {
  readonly token: string;
}

export type PermitResult =
  | { readonly outcome: 'ready'; readonly permit: SendPermit }
  | { readonly outcome: 'unavailable'; readonly reason: OperatorReason };

export interface DeliveryRequest {
  /** Our number of the delivery: new for each, and used once. */
  readonly reference: string;
  /** Digits without the calling code. */
  readonly msisdn: string;
  readonly type: TopupType;
  /** The tariff's; `null` for a bill. */
  readonly code: string | null;
  /** In minor units of the operator's currency. */
  readonly amount: number;
  readonly description: string;
  /** Of the company that the tax bill is for; `null` for a person. */
  readonly vatRegisterNumber: string | null;
}

/** What the operator says of something that it has delivered. */
export interface DeliveryReceipt {
  /** The operator's own numbers of the delivery. */
  readonly sequence: string | null;
  readonly serviceId: string | null;
  /** The tax bill as it came, as JSON. */
  readonly vatBill: string | null;
}

export type DeliveryResult =
  | { readonly outcome: 'delivered'; readonly receipt: DeliveryReceipt }
  /** Nothing was delivered, and the operator says so. */
  | { readonly outcome: 'refused'; readonly reason: OperatorReason }
  /** Not one byte of the request has left this machine. */
  | { readonly outcome: 'not_sent'; readonly reason: OperatorReason }
  | { readonly outcome: 'unknown'; readonly reason: OperatorReason };

/** `unknown` also where the operator does not know the reference while the delivery may still be under way. */
export type DeliveryQueryResult = Exclude<DeliveryResult, { readonly outcome: 'not_sent' }>;

export type BalanceResult =
  | { readonly outcome: 'found'; readonly balance: number }
  | { readonly outcome: 'unavailable'; readonly reason: OperatorReason };

export interface Operator {
  readonly capabilities: OperatorCapabilities;
  /** What is on sale for a number. */
  listTariffs(msisdn: string): Promise<TariffsResult>;
  /** There where `types` has `bill`. */
  readBill?(msisdn: string): Promise<BillResult>;
  /** Fetches what a delivery needs, so that nothing but the delivery itself is called once it is claimed. */
  prepare(): Promise<PermitResult>;
  /**
   * Sends one delivery: over a connection of its own, without any repeat, and not at all unless its first byte leaves
   * within `startWithinMs`. Its answer comes within {@link DELIVERY_TIMEOUT_MS} of the call.
   */
  deliver(request: DeliveryRequest, permit: SendPermit, startWithinMs: number): Promise<DeliveryResult>;
  queryDelivery?(reference: string): Promise<DeliveryQueryResult>;
  readBalance?(): Promise<BalanceResult>;
}

/** No call of a delivery takes longer, from its beginning to the last byte of its answer. */
export const DELIVERY_TIMEOUT_MS = 30_000;
