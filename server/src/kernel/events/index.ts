/**
 * Events tell what has happened, in the transaction in which it happened: a row in `events`, which timelines and
 * outgoing webhooks read, and one job for each subscriber.
 */
import type { Subscribers, Tx } from '../db/index.ts';
import { newId } from '../ids.ts';

declare module '../db/types.ts' {
  interface Schema {
    /** Owned by kernel/events; append-only. */
    events: {
      id: string;
      name: string;
      version: number;
      /** The id of what it is about, such as an order's. */
      subject: string;
      data: string;
      at: number;
    };
  }
}

export interface EventDefinition<D> {
  /** `noun.verb` in the past tense, such as `order.confirmed`. */
  readonly name: string;
  readonly version: number;
  /** Only there to carry the type. */
  readonly data?: D;
}

/** What a subscriber's job gets. */
export interface EventPayload<D> {
  readonly eventId: string;
  readonly name: string;
  readonly version: number;
  readonly subject: string;
  readonly data: D;
  readonly at: number;
}

const names = new Set<string>();

/** Declares an event. Throws at start-up when the name is not `noun.verb` or is taken. */
export function defineEvent<D>(definition: EventDefinition<D>): EventDefinition<D> {
  if (!/^[a-z][a-z_]*\.[a-z][a-z_]*$/.test(definition.name) || names.has(definition.name)) {
    throw new Error(`event name ${definition.name} is not noun.verb or is taken`);
  }
  names.add(definition.name);
  return definition;
}

/** Writes the event down and starts one job for each subscriber. `subject` is the id of what it is about. */
export async function publish<D>(tx: Tx, event: EventDefinition<D>, subject: string, data: D): Promise<void> {
  const id = newId('evt');
  const { name, version } = event;
  tx.append('events', { id, name, version, subject, data: JSON.stringify(data), at: tx.now });
  for (const subscriber of tx.subscribers.of(name)) {
    const payload: EventPayload<D> = { eventId: id, name, version, subject, data, at: tx.now };
    await subscriber.enqueue(tx, payload as never);
  }
}

/** The table of who is told of what; filled while the program is wired, read by `publish`. */
export interface SubscriberTable extends Subscribers {
  subscribe<D>(
    event: EventDefinition<D>,
    enqueue: (tx: Tx, payload: EventPayload<D>) => Promise<unknown>,
  ): void;
}

/** An empty table of subscribers. */
export function createSubscriberTable(): SubscriberTable {
  const table = new Map<
    string,
    { enqueue: (tx: Tx, payload: EventPayload<unknown>) => Promise<unknown> }[]
  >();
  return {
    of: (eventName) => table.get(eventName) ?? [],
    subscribe(event, enqueue) {
      const subscribers = table.get(event.name) ?? [];
      subscribers.push({ enqueue: enqueue as (tx: Tx, payload: EventPayload<unknown>) => Promise<unknown> });
      table.set(event.name, subscribers);
    },
  };
}
