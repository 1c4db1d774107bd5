/** One thing that one customer was told in the app. */
export interface NotificationRow {
  id: string;
  customer_id: string;
  /** The event that it tells of; with the customer unique, so that an event told twice is one notice. */
  event_id: string;
  type: string;
  subject_type: string;
  subject_id: string;
  /** JSON, from which title and body are made when they are read, in the reader's language. */
  facts: string;
  read_at: number | null;
  created_at: number;
}

declare module '../../kernel/db/types.ts' {
  interface Schema {
    /** Owned by notifications. */
    notifications: NotificationRow;
  }
}
