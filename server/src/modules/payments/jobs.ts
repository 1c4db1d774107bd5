/** The jobs of this module. Those of money are never given up: they back off and raise an alert (RULES 20). */
import { z } from 'zod';
import { SECOND_MS } from '../../kernel/clock.ts';
import { defineCron, defineJob } from '../../kernel/jobs/index.ts';

/** Asks for one attempt, again and again, until no money can come any more; key: the payment's id. */
export const paymentPoll = defineJob({
  name: 'payment.poll',
  version: 1,
  payload: z.object({ paymentId: z.string() }),
  isMoney: true,
  firstBackoffMs: 5 * SECOND_MS,
});

/** Closes the other attempts of a purpose that was paid; key: `type:id`. */
export const paymentCloseOthers = defineJob({
  name: 'payment.close_others',
  version: 1,
  payload: z.object({ type: z.string(), id: z.string() }),
  isMoney: true,
});

/** Asks for a capture that was decided on until it is done or refused (`tries`: how often so far); key: the capture's id. */
export const captureSend = defineJob({
  name: 'capture.send',
  version: 1,
  payload: z.object({ captureId: z.string(), tries: z.int() }),
  isMoney: true,
  firstBackoffMs: 5 * SECOND_MS,
});

/** Sends a reserved refund (`tries`: how often it was refused or unanswered so far) and finds out about one whose answer was lost; key: the refund's id. */
export const refundSend = defineJob({
  name: 'refund.send',
  version: 1,
  payload: z.object({ refundId: z.string(), tries: z.int() }),
  isMoney: true,
  firstBackoffMs: 30 * SECOND_MS,
});

/** Asks for a refund that the provider has accepted, until it is done; key: the refund's id. */
export const refundPoll = defineJob({
  name: 'refund.poll',
  version: 1,
  payload: z.object({ refundId: z.string() }),
  isMoney: true,
  firstBackoffMs: 30 * SECOND_MS,
});

/** Asks where a dispute stands, until it has ended; key: the dispute's id. */
export const disputeQuery = defineJob({
  name: 'dispute.query',
  version: 1,
  payload: z.object({ disputeId: z.string() }),
  isMoney: true,
});

/** Lets the open refunds of a provider be asked for soon, because it hinted at one; key: the provider. */
export const refundNudge = defineJob({
  name: 'refund.nudge',
  version: 1,
  payload: z.object({ provider: z.string() }),
});

/** Applies a notification whose first application threw; key: the event's id. */
export const providerEventRetry = defineJob({
  name: 'provider_event.retry',
  version: 1,
  payload: z.object({ eventId: z.string() }),
  isMoney: true,
});

/** Erases raw notifications after 180 days (RULES 30). */
export const providerEventErase = defineCron({ name: 'provider_event.erase', cron: '41 3 * * *' });

/** Erases from where and with which device old attempts were made. */
export const paymentErase = defineCron({ name: 'payment.erase', cron: '37 3 * * *' });
