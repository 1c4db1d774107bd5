/** A notification on its way through, and what becomes of it. */
import type { NotificationSubject } from '../../../gateways/gateway.ts';
import type { ProviderEventState } from './provider-event-states.ts';

export interface EventFacts {
  /** Our id of the event. */
  readonly id: string;
  readonly provider: string;
  readonly merchantAccount: string;
  readonly subject: NotificationSubject;
}

export interface Judgement {
  readonly state: Exclude<ProviderEventState, 'stored'>;
  readonly reason: string | null;
  /** False lets the provider send it again. */
  readonly isAccepted: boolean;
}
