import type { CaptureMode, OrderKind, PaymentMethod, Settlement } from '../../gateways/gateway.ts';
import type { CaptureStatus } from './captures/capture-states.ts';
import type { ProviderEventState } from './notifications/provider-event-states.ts';
import type { PaymentStatus } from './payment-states.ts';
import type { RefundOrigin } from './refunds/refund.ts';
import type { RefundStatus } from './refunds/refund-states.ts';

/** One attempt to pay. Its id is its number at the provider. */
export interface PaymentRow {
  id: string;
  version: number;
  status: PaymentStatus;
  /** Why it stands where it does: a provider's code, or ours such as `mismatch`. */
  reason: string | null;
  purpose_type: string;
  purpose_id: string;
  customer_id: string;
  kind: OrderKind;
  provider: string;
  merchant_account: string;
  method: PaymentMethod;
  amount: number;
  currency: string;
  /** With `notify_url`, kept so that a repeat of the call carries the same bytes. */
  description: string;
  notify_url: string;
  app_id: string | null;
  openid: string | null;
  /** Erased after `ORIGIN_KEPT_DAYS`. */
  client_ip: string | null;
  /** `type:id` of the purpose while this is its current attempt: unique, so there is at most one. */
  live_key: string | null;
  claim_id: string | null;
  transaction_id: string | null;
  /** JSON; what the buyer's device was given last. */
  client_parameters: string | null;
  prepared_at: number | null;
  /** When a call that may create it at the provider began, until its answer was recorded. */
  call_started_at: number | null;
  last_queried_at: number;
  /** JSON of the facts that did not match, while a person has to decide. */
  mismatch: string | null;
  settlement: Settlement;
  capture_mode: CaptureMode;
  /** The provider's own name of what takes the money. */
  provider_reference: string | null;
  return_url: string;
  /** What is held, or agreed to be captured. */
  authorised_amount: number;
  /** When the hold ends by itself. */
  authorised_until: number | null;
  /** What captures that are not done yet will take of it; guarded by a CHECK (RULES 8). */
  capture_requested: number;
  /** What was taken, by whoever: a fact, so nothing guards it. */
  captured_amount: number;
  /** Until when a review, or a provider that is still working on it, holds the close. */
  held_until: number | null;
  card_brand: string | null;
  card_last4: string | null;
  authorisation_code: string | null;
  /** What the network or issuer answered, also to a try that failed. */
  response_code: string | null;
  /** The provider's words about the last try that failed; for staff only. */
  failure_reason: string | null;
  /** A keyed hash of what the device said of itself; erased after `ORIGIN_KEPT_DAYS`. */
  device_hash: string | null;
  billing_country: string | null;
  is_surplus: number;
  paid_at: number | null;
  expires_at: number;
  closed_at: number | null;
  created_at: number;
  updated_at: number;
}

/** Money that was taken under an attempt, or that we have asked its provider to take. */
export interface CaptureRow {
  id: string;
  version: number;
  status: CaptureStatus;
  payment_id: string;
  purpose_type: string;
  purpose_id: string;
  provider: string;
  merchant_account: string;
  /** The provider's number of it; never missing once it has succeeded. */
  provider_capture_id: string | null;
  amount: number;
  currency: string;
  /** How much of it nobody owed us; it is refunded by itself. */
  surplus_amount: number;
  /** What refunds of ours have reserved or returned; guarded by a CHECK (RULES 8). */
  refund_reserved: number;
  /** What was returned without us, in the provider's console; a fact, so nothing guards it. */
  external_refunded: number;
  captured_at: number | null;
  /** Nothing more is captured after it, and what is left of the hold is let go. */
  is_final: number;
  /** The Idempotency-Key's that ordered it. */
  claim_id: string | null;
  /** When its provider was asked for it last. */
  sent_at: number | null;
  /** A provider's code, or ours. */
  failure: string | null;
  /** The provider's words; for staff only. */
  failure_reason: string | null;
  card_brand: string | null;
  card_last4: string | null;
  authorisation_code: string | null;
  response_code: string | null;
  created_at: number;
  updated_at: number;
}

/** Money on its way back. Its id is its number at the provider. */
export interface RefundRow {
  id: string;
  version: number;
  status: RefundStatus;
  payment_id: string;
  capture_id: string;
  purpose_type: string;
  purpose_id: string;
  provider: string;
  merchant_account: string;
  amount: number;
  currency: string;
  is_surplus: number;
  origin: RefundOrigin;
  reason: string | null;
  failure: string | null;
  request_key: string | null;
  /** The failed refund whose place this one takes. */
  replaces: string | null;
  /** How many numbers were tried before this one. */
  generation: number;
  provider_refund_id: string | null;
  /** The request that a person has agreed to and that this is a part of; such a refund is owed. */
  request_id: string | null;
  /** No provider carries it out: a person pays it, and another one says that it is done. */
  by_hand: number;
  /** Who promised it, and who took it out of a provider's hands or said that a payout came back; neither may say that it was paid. */
  prepared_by: string | null;
  handed_by: string | null;
  /** Who has confirmed on a bank statement that the payout before this one came back; they may not say so either. */
  bounce_confirmed_by: string | null;
  paid_out_by: string | null;
  /** The bank's number, a receipt's: whatever shows that it was paid. */
  paid_out_reference: string | null;
  /** `payouts`: not from where its rail keeps our money; `store_credit`: not in money at all; `null`: from there. */
  paid_from: 'payouts' | 'store_credit' | null;
  /** Since when its provider is being told how to finish it: the claim under which nobody else can pay it. */
  finishing_at: number | null;
  sent_at: number | null;
  last_queried_at: number;
  succeeded_at: number | null;
  created_at: number;
  updated_at: number;
}

/** A verified notification: the inbox. */
export interface ProviderEventRow {
  id: string;
  version: number;
  state: ProviderEventState;
  provider: string;
  merchant_account: string;
  event_id: string;
  event_type: string;
  /** The payment's or refund's number in it. */
  subject_id: string | null;
  /** JSON of what the gateway read in it, without the payer. */
  subject: string;
  headers: string;
  /** The raw bytes; erased after 180 days (RULES 30). */
  body: Buffer | null;
  reason: string | null;
  error: string | null;
  received_at: number;
  updated_at: number;
}

declare module '../../kernel/db/types.ts' {
  interface Schema {
    /** Owned by payments. */
    payments: PaymentRow;
    /** Owned by payments. */
    captures: CaptureRow;
    /** Owned by payments. */
    refunds: RefundRow;
    /** Owned by payments. */
    provider_events: ProviderEventRow;
  }
}
