import { controlError } from '../control-error.ts';
import type { PaypalContext } from './context.ts';
import { moveDispute, openDispute } from './dispute-verbs.ts';
import type { Dispute, DisputeOutcome, DisputeStatus } from './disputes.ts';
import { PaypalError } from './errors.ts';
import { showMoney } from './money.ts';
import { settleCapture, settleRefund } from './money-moves.ts';
import { approveOrder } from './order-verbs.ts';
import type { Order, Refund } from './orders.ts';
import { endHold, refundCapture, requireAuthorisation, requireCapture } from './payment-verbs.ts';
import type { PaypalSettings } from './paypal-settings.ts';

/** Everything PayPal would give a merchant: what a client has to be configured with. */
export interface PaypalMerchant {
  clientId: string;
  clientSecret: string;
  merchantId: string;
  webhookId: string;
  /** Of the authority behind the certificates that sign notifications. */
  webhookCaPem: string;
  apiBaseUrl: string;
}

export interface ApproveInput {
  orderId: string;
  /** Who agrees; by default the first payer. */
  payerId?: string | undefined;
  /** Agree this much later on the simulated clock (shortened by the time scale). */
  afterMs?: number | undefined;
}

/** What people and tests do to the simulated PayPal: the buyer's hand, and PayPal's own. */
export interface PaypalControl {
  merchant(): PaypalMerchant;
  settings(): Readonly<PaypalSettings>;
  changeSettings(patch: { [Key in keyof PaypalSettings]?: PaypalSettings[Key] | undefined }): PaypalSettings;
  /** Notifications are signed with a new certificate from now on. */
  rotateCertificate(): Promise<{ name: string; pem: string }>;
  /** All tokens end now. */
  revokeTokens(): { revoked: number };
  listOrders(limit?: number): Order[];
  findOrder(number: string): Order;
  approve(input: ApproveInput): Order;
  /** A hold ends by itself. */
  expireAuthorization(authorizationId: string): Order;
  /** Ends a capture that is PENDING. */
  settleCapture(captureId: string, outcome?: 'COMPLETED' | 'DECLINED' | 'FAILED'): Order;
  /** Ends a refund that is PENDING, as planned or as said. */
  settleRefund(refundId: string, outcome?: Refund['outcome']): Order;
  /** A refund made on PayPal's own pages, which the interface did not ask for. */
  refundOnPages(input: { captureId: string; units: number }): Order;
  openDispute(input: { captureId: string; units?: number | undefined; reason?: string | undefined }): Dispute;
  moveDispute(id: string, to: { status: DisputeStatus; outcome?: DisputeOutcome | undefined }): Dispute;
  listDisputes(): Dispute[];
}

/** What PayPal would refuse on the wire is a refusal of the control API as well. */
function word<T>(act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (error instanceof PaypalError) {
      const status = error.status === 404 ? 404 : 409;
      const code = (error.details[0]?.issue ?? error.code).toLowerCase();
      throw controlError(status, code, 'PayPal refuses this; the code says why.');
    }
    throw error;
  }
}

export function createPaypalControl(context: PaypalContext): PaypalControl {
  const { orders, settings, material, store } = context;
  const act = <T>(work: () => T): T => word(() => store.transaction(work));

  function approve({ orderId, payerId, afterMs = 0 }: ApproveInput): Order {
    const payer = payerId === undefined ? context.payers.first() : context.payers.find(payerId);
    const order = orders.require(orderId);
    if (order.status !== 'PAYER_ACTION_REQUIRED' && order.status !== 'APPROVED') {
      throw controlError(409, 'order_not_payable', `Order "${orderId}" is ${order.status}.`);
    }
    if (afterMs > 0) {
      const dueAt = context.clock.now() + context.clock.scale(afterMs);
      context.scheduler.schedule('paypal.approve', JSON.stringify([orderId, payer.id]), dueAt);
      return order;
    }
    return approveOrder(context, orderId, payer.id);
  }

  context.scheduler.register('paypal.approve', ({ subject }) => {
    const [orderId, payerId] = JSON.parse(subject) as [string, string];
    if (orders.find(orderId)?.status === 'PAYER_ACTION_REQUIRED') {
      approveOrder(context, orderId, payerId);
    }
  });

  return {
    merchant() {
      const { clientId, clientSecret, merchantId, webhookId, authorityPem } = material.current();
      return {
        ...{ clientId, clientSecret, merchantId, webhookId },
        webhookCaPem: authorityPem,
        apiBaseUrl: context.baseUrl(),
      };
    },
    settings: () => settings.current(),
    changeSettings: (patch) => settings.change(patch),
    async rotateCertificate() {
      const { name, pem } = await material.addCertificate(context.clock.now());
      return { name, pem };
    },
    revokeTokens: () => ({ revoked: context.tokens.revoke() }),
    listOrders: (limit) => orders.list(limit ?? 100),
    findOrder: (number) => word(() => orders.require(number)),
    approve: (input) => act(() => approve(input)),
    expireAuthorization: (id) =>
      act(() => {
        const { order, authorisation } = requireAuthorisation(context, id);
        return endHold(context, order, authorisation);
      }),
    settleCapture(captureId, outcome) {
      context.scheduler.cancel('paypal.settle-capture', captureId);
      return act(() => settleCapture(context, captureId, outcome));
    },
    settleRefund(refundId, outcome) {
      context.scheduler.cancel('paypal.settle-refund', refundId);
      return act(() => settleRefund(context, refundId, outcome));
    },
    refundOnPages: ({ captureId, units }) =>
      act(() => {
        const { currency } = requireCapture(context, captureId).order.amount;
        return refundCapture(context, captureId, { amount: showMoney({ units, currency }) }).order;
      }),
    openDispute: (input) => act(() => openDispute(context, input)),
    moveDispute: (id, to) => act(() => moveDispute(context, id, to)),
    listDisputes: () => context.disputes.list(),
  };
}
