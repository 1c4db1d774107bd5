/** What the API answers to staff about the risk of attempts to pay. */
interface Outcomes {
  readonly attempts: number;
  readonly failed: number;
}

export interface Assessment {
  readonly id: string;
  readonly paymentId: string;
  readonly purpose: { readonly type: string; readonly id: string };
  readonly customerId: string;
  readonly amount: number;
  readonly currency: string;
  readonly method: string;
  readonly score: number;
  readonly level: string;
  readonly verdict: string;
  readonly factors: readonly { readonly factor: string; readonly points: number }[];
  /** Null after 180 days. */
  readonly signals: {
    readonly billingCountry: string | null;
    readonly addressCountry: string | null;
    readonly customer: Outcomes;
    readonly device: Outcomes | null;
    readonly tooMany: readonly string[];
  } | null;
  readonly decision: string | null;
  readonly decidedBy: string | null;
  readonly decisionNote: string | null;
  readonly decidedAt: string | null;
  readonly createdAt: string;
  /** Only in the list of those that wait. */
  readonly heldUntil?: string | null;
}

export interface AssessmentDetail extends Assessment {
  /** The customer's latest other attempts. */
  readonly history: readonly {
    readonly id: string;
    readonly status: string;
    readonly method: string;
    readonly amount: number;
    readonly currency: string;
    readonly createdAt: string;
  }[];
}
