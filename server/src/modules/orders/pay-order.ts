/** A customer pays an order: finds out who the payer is to the provider, and lets payments open the attempt. */
import { AppError, notFound } from '../../kernel/errors.ts';
import { type PaymentStarted, paymentMethodUnavailable } from '../payments/index.ts';
import { type OrdersDeps, toPurpose } from './deps.ts';
import { payerAppRequired, payerUnknown } from './errors.ts';
import { findOrder } from './repository.ts';

export interface PayRequest {
  readonly orderId: string;
  readonly customerId: string;
  /** One of the methods that are open to the order. */
  readonly method: string;
  /** The app that the customer pays in, where the method asks for one and the customer has accounts in several. */
  readonly appId?: string | undefined;
  /** A path of ours, or a page of an allowed origin. */
  readonly returnUrl?: string | undefined;
  /** What the device says of itself; only a keyed hash of it is kept. */
  readonly deviceFingerprint?: string | undefined;
  readonly billingCountry?: string | undefined;
  readonly ip: string | null;
  /** Where the caller is, as a trusted proxy says; two letters. */
  readonly ipCountry?: string | null | undefined;
  readonly claimId: string | null;
}

/**
 * Opens an attempt, or gives fresh parameters for the open one. Throws `not_found` (404), `order_closed`,
 * `order_expiring`, `order_already_paid`, `order_paid_on_delivery` (409), `payment_method_unavailable`,
 * `payer_app_required`, `payer_unknown` (422), and what payments throws.
 */
export async function payOrder(deps: OrdersDeps, request: PayRequest): Promise<PaymentStarted> {
  const { orderId, customerId, method, ip, claimId } = request;
  const order = await findOrder(deps.db, orderId);
  if (order?.customer_id !== customerId) {
    throw new AppError(notFound);
  }
  const offer = deps.methodsFor(order).find((offered) => offered.method === method);
  if (offer === undefined) {
    throw new AppError(paymentMethodUnavailable, { details: { method } });
  }
  const payer = offer.needsOpenid ? await choosePayer(deps, customerId, request.appId) : undefined;
  const { returnUrl, deviceFingerprint, billingCountry } = request;
  const context = {
    ...{ customerId, ip, openid: payer?.openid, appId: payer?.appid },
    ...{ returnUrl, deviceFingerprint, billingCountry, ipCountry: request.ipCountry },
  };
  return deps.payments.startPayment({
    purpose: toPurpose(orderId),
    method: offer.method,
    context,
    claimId,
  });
}

async function choosePayer({ db, addresses }: OrdersDeps, customerId: string, appId: string | undefined) {
  const accounts = await addresses.openidsOf(db, customerId);
  const fitting = appId === undefined ? accounts : accounts.filter(({ appid }) => appid === appId);
  const [only, ...others] = fitting;
  if (only === undefined) {
    throw new AppError(payerUnknown);
  }
  if (others.length > 0) {
    throw new AppError(payerAppRequired, { details: { appIds: fitting.map(({ appid }) => appid) } });
  }
  return only;
}
