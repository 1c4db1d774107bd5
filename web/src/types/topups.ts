/** What the API answers about phone top-ups. Amounts in minor units of the currency beside them. */

export interface TopupRate {
  readonly fromUnits: number;
  readonly toUnits: number;
}

export interface TopupOperator {
  readonly operator: string;
  readonly name: { readonly en: string; readonly zh: string };
  readonly country: string;
  readonly currency: string;
  readonly callingCode: string;
  readonly digits: number;
  readonly prefixes: readonly string[];
  readonly rate: TopupRate | null;
}

export interface TopupProduct {
  readonly type: string;
  readonly group: string;
  readonly code: string;
  readonly name: string;
  readonly englishName: string | null;
  readonly units: number | null;
  readonly data: string | null;
  readonly days: number | null;
  readonly price: number;
  readonly amount: number;
}

/** What is sold for one number. */
export interface TopupOffer {
  readonly operator: string;
  readonly msisdn: string;
  readonly plan: 'prepaid' | 'postpaid';
  readonly priceCurrency: string;
  readonly currency: string;
  readonly rate: TopupRate;
  readonly products: readonly TopupProduct[];
}

export interface Topup {
  readonly id: string;
  readonly orderId: string;
  readonly orderNumber: string;
  readonly operator: string;
  readonly msisdn: string;
  readonly type: string;
  readonly code: string | null;
  readonly name: string;
  readonly englishName: string | null;
  readonly units: number | null;
  readonly data: string | null;
  readonly days: number | null;
  readonly price: number;
  readonly priceCurrency: string;
  readonly amount: number;
  readonly currency: string;
  readonly rate: TopupRate;
  readonly vatRegisterNumber: string | null;
  readonly status: string;
  readonly paymentStatus: string;
  /** Of the delivery. */
  readonly rechargeStatus: string;
  readonly sequence: string | null;
  readonly serviceId: string | null;
  readonly vatBill: Readonly<Record<string, unknown>> | null;
  readonly expiresAt: string | null;
  readonly createdAt: string;
  readonly paidAt: string | null;
  readonly rechargeAt: string | null;
  readonly resultAt: string | null;
}

export interface StaffTopup extends Topup {
  readonly customerId: string;
  readonly awaitsPerson: 'unknown' | 'failed' | null;
  readonly sendUntil: string | null;
  readonly result: string | null;
  readonly resultCode: string | null;
  readonly resultMessage: string | null;
  readonly decision: string | null;
  readonly decisionReason: string | null;
  readonly decidedBy: string | null;
  readonly decidedAt: string | null;
}

export interface TopupDetail extends StaffTopup {
  readonly history: readonly {
    readonly field: string;
    readonly from: string | null;
    readonly to: string;
    readonly actor: { readonly type: string; readonly id: string };
    readonly note: string | null;
    readonly at: string;
  }[];
}

interface Sum {
  readonly count: number;
  readonly amount: number;
}

export interface TopupFigures {
  readonly groups: readonly {
    readonly operator: string;
    readonly type: string;
    readonly status: string;
    readonly count: number;
    readonly amount: number;
    readonly currency: string;
  }[];
  readonly revenue: readonly {
    readonly currency: string;
    readonly paid: Sum;
    readonly delivered: Sum;
    readonly returned: Sum;
  }[];
}

export interface TopupStatistics {
  readonly day: string;
  readonly today: TopupFigures;
  readonly month: TopupFigures;
  readonly period: TopupFigures | null;
}

export interface TopupDaySummary extends TopupFigures {
  readonly day: string;
}

export interface TopupRateSet extends TopupRate {
  readonly from: string;
  readonly to: string;
  readonly note: string | null;
  readonly setBy: string;
  readonly setAt: string;
}

export interface TopupCurrencyRates {
  readonly from: string;
  readonly to: string;
  readonly current: TopupRate | null;
  readonly history: readonly TopupRateSet[];
}
