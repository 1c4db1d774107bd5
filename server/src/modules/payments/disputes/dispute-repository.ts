/** The SQL on `disputes` and `dispute_movements` that other verbs decide on. */
import { type Reader, statement, type Tx, updateVersioned } from '../../../kernel/db/index.ts';
import type { Purpose } from '../purpose.ts';
import type { CaptureRow } from '../tables.ts';
import { DISPUTE_STATUSES, type DisputeStatus } from './dispute-states.ts';
import type { DisputeMovementRow, DisputeRow } from './tables.ts';

const byId = statement<{ id: string }, DisputeRow>((query, p) =>
  query.selectFrom('disputes').selectAll().where('id', '=', p.id),
);

const byProviderId = statement<{ provider: string; merchantAccount: string; disputeId: string }, DisputeRow>(
  (query, p) =>
    query
      .selectFrom('disputes')
      .selectAll()
      .where('provider', '=', p.provider)
      .where('merchant_account', '=', p.merchantAccount)
      .where('provider_dispute_id', '=', p.disputeId),
);

const ofPurpose = statement<Purpose, DisputeRow>((query, p) =>
  query
    .selectFrom('disputes')
    .selectAll()
    .where('purpose_type', '=', p.type)
    .where('purpose_id', '=', p.id)
    .orderBy('id'),
);

const movementsOf = statement<{ disputeId: string }, DisputeMovementRow>((query, p) =>
  query
    .selectFrom('dispute_movements')
    .selectAll()
    .where('dispute_id', '=', p.disputeId)
    .orderBy('moved_at')
    .orderBy('id'),
);

const captureByNumber = statement<{ provider: string; merchantAccount: string; number: string }, CaptureRow>(
  (query, p) =>
    query
      .selectFrom('captures')
      .selectAll()
      .where('provider', '=', p.provider)
      .where('merchant_account', '=', p.merchantAccount)
      .where('provider_capture_id', '=', p.number),
);

export const findDispute = (db: Reader, id: string) => byId.first(db, { id });

/** A merchant's account at its provider. */
export interface Merchant {
  readonly provider: string;
  readonly merchantAccount: string;
}

export const findDisputeByNumber = (db: Reader, { provider, merchantAccount }: Merchant, disputeId: string) =>
  byProviderId.first(db, { provider, merchantAccount, disputeId });

export const findCaptureByNumber = (db: Reader, { provider, merchantAccount }: Merchant, number: string) =>
  captureByNumber.first(db, { provider, merchantAccount, number });

export const findDisputesOf = (db: Reader, { type, id }: Purpose) => ofPurpose.all(db, { type, id });
export const findMovements = (db: Reader, disputeId: string) => movementsOf.all(db, { disputeId });

/** Changes columns that are no status. Throws a TransactionConflict when the row has moved since it was read. */
export async function patchDispute(
  tx: Tx,
  row: DisputeRow,
  set: Partial<Omit<DisputeRow, 'id' | 'version' | 'status'>>,
): Promise<DisputeRow> {
  await updateVersioned(tx, 'disputes', row, { ...set, updated_at: tx.now });
  return { ...row, ...set, updated_at: tx.now };
}

/** The most urgent status among the purpose's disputes; `null` when it has none. */
export async function readDisputeStatus(db: Reader, purpose: Purpose): Promise<DisputeStatus | null> {
  const rows = await findDisputesOf(db, purpose);
  return DISPUTE_STATUSES.find((status) => rows.some((row) => row.status === status)) ?? null;
}
