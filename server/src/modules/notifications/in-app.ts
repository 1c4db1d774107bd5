import { newId } from '../../kernel/ids.ts';
import type { Channel } from './channel.ts';

/** Keeps the notice where the customer's apps list it. The unique key holds whatever tells an event again. */
export const inApp: Channel = {
  name: 'in_app',
  async deliver(tx, { customerId, type, subject, facts, eventId }) {
    await tx.insertOnce('notifications', {
      id: newId('ntf'),
      customer_id: customerId,
      event_id: eventId,
      type,
      subject_type: subject.type,
      subject_id: subject.id,
      facts: JSON.stringify(facts),
      read_at: null,
      created_at: tx.now,
    });
  },
};
