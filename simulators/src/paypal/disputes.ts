import type { Store } from '../store.ts';
import { notFound } from './errors.ts';

export type DisputeOutcome =
  | 'RESOLVED_BUYER_FAVOUR'
  | 'RESOLVED_SELLER_FAVOUR'
  | 'RESOLVED_WITH_PAYOUT'
  | 'CANCELED_BY_BUYER'
  | 'ACCEPTED'
  | 'DENIED'
  | 'NONE';

export type DisputeStatus =
  | 'OPEN'
  | 'WAITING_FOR_BUYER_RESPONSE'
  | 'WAITING_FOR_SELLER_RESPONSE'
  | 'UNDER_REVIEW'
  | 'RESOLVED'
  | 'OTHER';

export interface MoneyMovement {
  type: 'DEBIT' | 'CREDIT';
  reason: 'DISPUTE_SETTLEMENT' | 'DISPUTE_FEE';
  units: number;
  at: number;
}

export interface Dispute {
  id: string;
  captureId: string;
  reason: string;
  status: DisputeStatus;
  outcome: DisputeOutcome | null;
  units: number;
  movements: MoneyMovement[];
  createdAt: number;
  updatedAt: number;
}

export interface Disputes {
  save(dispute: Dispute): Dispute;
  /** Throws RESOURCE_NOT_FOUND. */
  require(id: string): Dispute;
  list(): Dispute[];
}

export const DISPUTE_TABLES = ['paypal_disputes'] as const;

export function createDisputes(store: Store): Disputes {
  store.define(
    'CREATE TABLE IF NOT EXISTS paypal_disputes (id TEXT PRIMARY KEY, content TEXT NOT NULL) STRICT;',
  );
  const parse = (row: { content: string }) => JSON.parse(row.content) as Dispute;
  return {
    save(dispute) {
      store.run(
        'INSERT INTO paypal_disputes VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET content = excluded.content',
        ...[dispute.id, JSON.stringify(dispute)],
      );
      return dispute;
    },
    require(id) {
      const row = store.get<{ content: string }>('SELECT content FROM paypal_disputes WHERE id = ?', id);
      if (row === undefined) {
        throw notFound();
      }
      return parse(row);
    },
    list: () =>
      store.all<{ content: string }>('SELECT content FROM paypal_disputes ORDER BY rowid').map(parse),
  };
}
