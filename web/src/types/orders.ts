/** What the API answers about orders and their money. Amounts in minor units, times in ISO 8601. */

export interface Address {
  readonly firstName: string;
  readonly lastName: string | null;
  readonly company: string | null;
  readonly street1: string;
  readonly street2: string | null;
  readonly city: string;
  readonly state: string | null;
  readonly zipCode: string | null;
  readonly country: string;
  readonly phone: string | null;
}

export interface SavedAddress extends Address {
  readonly id: string;
  readonly isDefault: boolean;
}

export interface OrderLine {
  readonly position: number;
  readonly variantId: string;
  readonly productId: string;
  readonly sku: string;
  readonly name: string;
  readonly image: string | null;
  readonly unitPrice: number;
  readonly salePrice: number | null;
  readonly quantity: number;
  readonly totalPrice: number;
}

export interface OrderPayment {
  readonly id: string;
  readonly status: string;
  readonly method: string;
  readonly provider: string;
  readonly amount: number;
  readonly currency: string;
  readonly isSurplus: boolean;
  readonly reason: string | null;
  readonly transactionId: string | null;
  readonly createdAt: string;
  readonly expiresAt: string;
  readonly paidAt: string | null;
}

export interface OrderRefund {
  readonly id: string;
  readonly paymentId: string;
  readonly status: string;
  readonly amount: number;
  readonly currency: string;
  readonly reason: string | null;
  readonly origin: string;
  /** Back to the payer, or into the customer's wallet. */
  readonly to: 'payer' | 'store_credit';
  /** Whether a person pays it. */
  readonly isByHand: boolean;
  readonly isSurplus: boolean;
  readonly createdAt: string;
  readonly succeededAt: string | null;
}

/** Somebody wants money of an order back. */
export interface RefundRequest {
  readonly id: string;
  readonly orderId: string;
  readonly status: string;
  readonly origin: string;
  readonly isReturn: boolean;
  readonly amount: number;
  readonly approvedAmount: number | null;
  readonly refundedAmount: number;
  readonly currency: string;
  readonly reason: string;
  readonly decisionReason: string | null;
  readonly items: readonly {
    readonly position: number;
    readonly quantity: number;
    readonly amount: number;
    readonly restockQuantity: number;
  }[];
  readonly refunds: readonly OrderRefund[];
  readonly createdAt: string;
  readonly decidedAt: string | null;
}

/** One step of one status. */
export interface HistoryStep {
  readonly entity: string;
  readonly entityId: string;
  readonly field: string;
  readonly from: string | null;
  readonly to: string;
  /** Of others than the customer, only staff learns who it was. */
  readonly actor: { readonly type: string; readonly id: string | null };
  readonly note: string | null;
  readonly at: string;
}

/** An order as lists show it. */
export interface OrderSummary {
  readonly id: string;
  readonly orderNumber: string;
  readonly customerId: string;
  readonly kind: string;
  readonly status: string;
  readonly paymentStatus: string;
  readonly fulfilmentStatus: string;
  readonly disputeStatus: string | null;
  /** Whether it is being closed or cancelled, waiting for a provider. */
  readonly isClosing: boolean;
  readonly currency: string;
  readonly subtotal: number;
  readonly discount: number;
  readonly tax: number;
  readonly shipping: number;
  readonly total: number;
  readonly items: readonly OrderLine[];
  readonly shippingAddress: Address | null;
  readonly billingAddress: Address | null;
  readonly customerNote: string | null;
  readonly carrier: string | null;
  readonly trackingNumber: string | null;
  readonly cancelReason: string | null;
  /** Until when it can be paid; null once it can not. */
  readonly expiresAt: string | null;
  readonly placedAt: string;
}

export interface Order extends OrderSummary {
  readonly payments: readonly OrderPayment[];
  readonly refunds: readonly OrderRefund[];
  readonly refundRequests: readonly RefundRequest[];
  /** What was refunded of lines; those that are not here were not. */
  readonly refundedItems: readonly { readonly position: number; readonly refundedQuantity: number }[];
  /** What could still be refunded. */
  readonly refundable: number;
  readonly history: readonly HistoryStep[];
  /** The ways to pay that are open to it now. */
  readonly paymentMethods: readonly {
    readonly method: string;
    readonly needsOpenid: boolean;
    readonly settlement: 'online' | 'by_hand' | 'on_delivery';
  }[];
}

/** What the buyer's device needs to go on. */
export interface StartedPayment {
  readonly paymentId: string;
  readonly status: string;
  readonly method: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly expiresAt: string;
}

export interface ShopSettings {
  readonly currency: string;
  readonly payExpireMs: number;
  readonly methods: readonly string[];
  readonly simulators: { readonly phoneUrl: string } | null;
}
