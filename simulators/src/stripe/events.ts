import { API_VERSION, PROVIDER, type StripeContext } from './context.ts';
import type { StripeObject } from './objects.ts';

/** Whose payment of the merchant's an object is about, as fault plans and `?subject=` name it. */
export function subjectOf(context: StripeContext, object: StripeObject): string {
  const metadata = object.metadata as Record<string, string> | undefined;
  const intent =
    typeof object.payment_intent === 'string' ? context.objects.find(object.payment_intent) : undefined;
  const beneath = intent?.metadata as Record<string, string> | undefined;
  return metadata?.payment_id ?? beneath?.payment_id ?? object.id;
}

/** Writes an event down as its object is now, and sends it where the merchant listens. */
export function emit(context: StripeContext, type: string, object: StripeObject): void {
  const { objects, account, notifier } = context;
  const { webhookUrl } = account.settings();
  const event: StripeObject = {
    id: objects.newId('event'),
    object: 'event',
    api_version: API_VERSION,
    created: objects.nowSeconds(),
    data: { object },
    livemode: false,
    pending_webhooks: webhookUrl === null ? 0 : 1,
    request: { id: null, idempotency_key: null },
    type,
  };
  objects.insert(event);
  if (webhookUrl !== null) {
    notifier.send({
      id: event.id,
      provider: PROVIDER,
      eventType: type,
      subject: subjectOf(context, object),
      url: webhookUrl,
      content: JSON.stringify(event),
    });
  }
}
