/** What customers are told inside the app. */
import { integer, key, table, text } from '../src/kernel/db/index.ts';

export const steps = table(
  'notifications',
  {
    id: key(32),
    customer_id: key(),
    event_id: key(),
    type: key(48),
    subject_type: key(16),
    subject_id: key(),
    facts: text(),
    read_at: integer().nullable(),
    created_at: integer(),
  },
  {
    primaryKey: ['id'],
    unique: { notifications_event_unique: ['event_id', 'customer_id'] },
    indexes: {
      notifications_customer: ['customer_id', 'created_at'],
      notifications_created: ['created_at'],
    },
  },
);
