/** One list of everything that is known of an order, from the five places where it is written down. */
import type { StaffOrder } from '../../types/operations.ts';
import type { HistoryStep } from '../../types/orders.ts';

export type Kind = 'status' | 'event' | 'job' | 'call' | 'notification';

export type Tone = 'good' | 'bad' | 'waiting' | 'plain';

interface Base {
  readonly key: string;
  readonly at: string;
  readonly tone: Tone;
}

export type Entry = Base &
  (
    | { readonly kind: 'status'; readonly step: HistoryStep }
    | { readonly kind: 'event'; readonly name: string }
    | { readonly kind: 'job'; readonly job: StaffOrder['timeline']['jobs'][number] }
    | { readonly kind: 'call'; readonly call: StaffOrder['timeline']['providerCalls'][number] }
    | {
        readonly kind: 'notification';
        readonly notification: StaffOrder['timeline']['notifications'][number];
      }
  );

const GOOD = ['paid', 'confirmed', 'succeeded', 'fulfilled', 'completed', 'delivered', 'applied'];
const BAD = ['failed', 'unknown', 'abnormal', 'quarantined'];

function toneOf(state: string): Tone {
  if (GOOD.includes(state)) {
    return 'good';
  }
  return BAD.includes(state) ? 'bad' : 'plain';
}

function callTone({ status, error }: StaffOrder['timeline']['providerCalls'][number]): Tone {
  return error !== null || status === null || status >= 500 ? 'bad' : 'plain';
}

/** Newest first; a job that waits stands where it will run, above everything that has happened. */
export function toEntries({ history, timeline }: Pick<StaffOrder, 'history' | 'timeline'>): Entry[] {
  const entries: Entry[] = [
    ...history.map(
      (step, index): Entry => ({
        kind: 'status',
        key: `status ${step.entityId} ${step.field} ${index}`,
        at: step.at,
        tone: toneOf(step.to),
        step,
      }),
    ),
    ...timeline.events.map(
      ({ id, name, at }): Entry => ({ kind: 'event', key: id, at, tone: 'plain', name }),
    ),
    ...timeline.jobs.map(
      (job): Entry => ({
        kind: 'job',
        key: job.id,
        at: job.runAt,
        tone: job.state === 'dead' ? 'bad' : 'waiting',
        job,
      }),
    ),
    ...timeline.providerCalls.map(
      (call): Entry => ({
        kind: 'call',
        key: call.id,
        at: call.at,
        tone: callTone(call),
        call,
      }),
    ),
    ...timeline.notifications.map(
      (notification): Entry => ({
        kind: 'notification',
        key: notification.id,
        at: notification.at,
        tone: toneOf(notification.state),
        notification,
      }),
    ),
  ];
  // The sort is stable: what one transaction wrote at one moment keeps its order, so it is turned round as a whole.
  return entries.reverse().sort((a, b) => Date.parse(b.at) - Date.parse(a.at));
}
