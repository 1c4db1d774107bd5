import type { Clock } from '../../kernel/clock.ts';
import type { Outbound } from '../../kernel/outbound/index.ts';
import type { Gateway } from '../gateway.ts';
import { createDownloadBill } from './bill.ts';
import { capabilitiesOf } from './capabilities.ts';
import { createCapturePayment } from './capture-payment.ts';
import { createStripeClient, type StripeClient } from './client.ts';
import { createClosePayment } from './close-payment.ts';
import { checkSettings, type StripeSettings } from './config.ts';
import { createCreatePayment } from './create-payment.ts';
import { createQueryDispute } from './dispute.ts';
import { createFindPayment } from './find-payment.ts';
import { intentSchema } from './intent.ts';
import { createParseNotification, type FindPaymentOfIntent, replyTo } from './notification.ts';
import { createOpenPayment } from './open-payment.ts';
import { createQueryPayment, createReadPayment } from './query-payment.ts';
import { createRefunds } from './refund.ts';
import { createTransport } from './transport.ts';
import { createValidate } from './validate.ts';

export type { StripeSettings } from './config.ts';

export interface StripeGatewayDeps {
  readonly settings: StripeSettings;
  readonly outbound: Outbound;
  readonly clock: Clock;
}

/** A refund that was made in Stripe's dashboard names nothing of ours; the intent that it belongs to does. */
function createFindPaymentOfIntent(client: StripeClient): FindPaymentOfIntent {
  return async (intentId) => {
    const answer = await client.call(
      { operation: 'get_intent', subject: intentId, isSafeToRepeat: true },
      (sdk) => sdk.paymentIntents.retrieve(intentId),
    );
    if (answer.kind !== 'done') {
      return { kind: answer.kind === 'refused' && answer.refusal === 'not_found' ? 'none' : 'unknown' };
    }
    const paymentId = intentSchema.safeParse(answer.body).data?.metadata?.payment_id;
    return paymentId === undefined ? { kind: 'none' } : { kind: 'found', paymentId };
  };
}

/** Stripe for one account: cards and everything else that its page offers. Throws where the settings are wrong. */
export function createStripeGateway({ outbound, clock, ...deps }: StripeGatewayDeps): Gateway {
  const settings = checkSettings(deps.settings);
  const { accountId } = settings;
  const client = createStripeClient(createTransport({ settings, outbound }));
  const openPayment = createOpenPayment({ client, settings });
  const findPayment = createFindPayment({ client, settings, openPayment, clock });
  const readPayment = createReadPayment({ client, settings, clock });
  const { refund, queryRefund } = createRefunds({ client, accountId });

  return {
    capabilities: capabilitiesOf(settings),
    merchantAccount: accountId,
    feeBasisPoints: settings.feeBasisPoints,
    captureMode: settings.captureMode,
    appFor: () => null,
    validate: createValidate(settings),
    createPayment: createCreatePayment({ openPayment, readPayment, clock }),
    queryPayment: createQueryPayment(readPayment, findPayment),
    closePayment: createClosePayment({ client, findPayment, readPayment }),
    capturePayment: createCapturePayment({ client, findPayment, readPayment }),
    refund,
    queryRefund,
    queryDispute: createQueryDispute(client, accountId),
    downloadBill: createDownloadBill({ client, accountId, clock }),
    parseNotification: createParseNotification({
      settings,
      findPaymentOfIntent: createFindPaymentOfIntent(client),
    }),
    replyTo,
  };
}
