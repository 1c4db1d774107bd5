/**
 * Idempotency keys. A key is claimed by inserting its row, so that of any number of repeats exactly one runs; the
 * answer of a success is kept 24 hours and given again. Crash story: a run that dies leaves its claim with a lease;
 * the next repeat takes the claim over with the same claim id and finds by it what was committed, instead of creating
 * it again. A failure frees the key, except that the fingerprint stays after a 5xx, whose effects may have been kept.
 */
import { createHash } from 'node:crypto';
import type { Db, Tx } from '../db/index.ts';
import { AppError, commitUnknown, defineError } from '../errors.ts';
import { newId } from '../ids.ts';

const KEPT_MS = 24 * 3_600_000;
const LEASE_MS = 60_000;
const KEY = /^[\x21-\x7e]{8,255}$/;

declare module '../db/types.ts' {
  interface Schema {
    /** Owned by kernel/http. `id` is the SHA-256 of scope and key: the key itself is not kept. */
    idempotency_keys: {
      id: string;
      claim_id: string;
      fingerprint: string;
      lease_until: number;
      status: number | null;
      answer: string | null;
      created_at: number;
      expires_at: number;
    };
  }
}

export const invalidIdempotencyKey = defineError({
  code: 'invalid_idempotency_key',
  status: 400,
  message: {
    en: 'The Idempotency-Key must be 8 to 255 visible ASCII characters.',
    zh: 'Idempotency-Key 必须为 8 到 255 个可见 ASCII 字符。',
  },
});

export const idempotencyKeyReused = defineError({
  code: 'idempotency_key_reused',
  status: 422,
  message: {
    en: 'This Idempotency-Key was used with a different request.',
    zh: '该 Idempotency-Key 已用于不同的请求。',
  },
});

export const idempotencyInProgress = defineError({
  code: 'idempotency_in_progress',
  status: 409,
  message: {
    en: 'The first request with this Idempotency-Key is still running.',
    zh: '使用该 Idempotency-Key 的首个请求仍在处理中。',
  },
});

export interface StoredAnswer {
  readonly status: number;
  /** The envelope's `data` as JSON. */
  readonly data: string;
}

/** The right to run. `leaseUntil` tells a run from the one that takes it over under the same claim. */
export interface RunClaim {
  readonly kind: 'run';
  readonly rowId: string;
  readonly claimId: string;
  readonly leaseUntil: number;
}

export type Claim = RunClaim | { readonly kind: 'replay'; readonly answer: StoredAnswer };

export interface KeyedRequest {
  readonly key: string;
  /** The caller and the route: the same key of somebody else, or elsewhere, is another key. */
  readonly scope: string;
  /** Everything that makes it this request: parameters, query and body. */
  readonly content: unknown;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** JSON with sorted keys, so that the order in which a client writes its fields does not matter. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_name, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

/**
 * Claims the key for a run, or finds the answer to replay. Throws `invalid_idempotency_key` (400),
 * `idempotency_key_reused` (422) and `idempotency_in_progress` (409).
 */
export async function claimKey(db: Db, request: KeyedRequest): Promise<Claim> {
  if (!KEY.test(request.key)) {
    throw new AppError(invalidIdempotencyKey);
  }
  const rowId = sha256(`${request.scope}\n${request.key}`);
  const fingerprint = sha256(canonical(request.content));
  return db.tx('idempotency.claim', async (tx) => {
    await tx.query
      .deleteFrom('idempotency_keys')
      .where('id', '=', rowId)
      .where('expires_at', '<=', tx.now)
      .execute();
    const claimId = newId('clm');
    const leaseUntil = tx.now + LEASE_MS;
    const isNew = await tx.insertOnce('idempotency_keys', {
      id: rowId,
      claim_id: claimId,
      fingerprint,
      lease_until: leaseUntil,
      status: null,
      answer: null,
      created_at: tx.now,
      expires_at: tx.now + KEPT_MS,
    });
    return isNew ? { kind: 'run', rowId, claimId, leaseUntil } : judgeExisting(tx, rowId, fingerprint);
  });
}

async function judgeExisting(tx: Tx, rowId: string, fingerprint: string): Promise<Claim> {
  const row = await tx.lock('idempotency_keys', rowId);
  if (
    row === undefined ||
    (row.status === null && row.fingerprint === fingerprint && row.lease_until > tx.now)
  ) {
    throw new AppError(idempotencyInProgress, { retryAfterSeconds: 1 });
  }
  if (row.fingerprint !== fingerprint) {
    throw new AppError(idempotencyKeyReused);
  }
  if (row.status !== null) {
    return { kind: 'replay', answer: { status: row.status, data: row.answer as string } };
  }
  // Never the lease of the run before, which was released in this very millisecond perhaps.
  const leaseUntil = Math.max(tx.now + LEASE_MS, row.lease_until + 1);
  await tx.query
    .updateTable('idempotency_keys')
    .set({ lease_until: leaseUntil })
    .where('id', '=', rowId)
    .execute();
  return { kind: 'run', rowId, claimId: row.claim_id, leaseUntil };
}

/** Keeps the answer of a success, also that of a run which was taken over: both have done the same. */
export async function keepAnswer(db: Db, { rowId, claimId }: RunClaim, answer: StoredAnswer): Promise<void> {
  await db.tx('idempotency.keep', (tx) =>
    tx.query
      .updateTable('idempotency_keys')
      .set({ status: answer.status, answer: answer.data })
      .where('id', '=', rowId)
      .where('claim_id', '=', claimId)
      .execute(),
  );
}

/**
 * After a failure: a 4xx has changed nothing and frees the key whole, anything else only ends the lease. A run that was
 * taken over does neither: its successor is at work under the same claim, or has answered.
 */
export async function releaseKey(
  db: Db,
  { rowId, claimId, leaseUntil }: RunClaim,
  error: unknown,
): Promise<void> {
  const isRefusal =
    error instanceof AppError && error.definition.status < 500 && error.definition !== commitUnknown;
  await db.tx('idempotency.release', async (tx) => {
    if (isRefusal) {
      await tx.query
        .deleteFrom('idempotency_keys')
        .where('id', '=', rowId)
        .where('claim_id', '=', claimId)
        .where('lease_until', '=', leaseUntil)
        .where('status', 'is', null)
        .execute();
    } else {
      await tx.query
        .updateTable('idempotency_keys')
        .set({ lease_until: tx.now })
        .where('id', '=', rowId)
        .where('claim_id', '=', claimId)
        .where('lease_until', '=', leaseUntil)
        .where('status', 'is', null)
        .execute();
    }
  });
}

/** Deletes keys past their 24 hours. Answers how many. */
export async function pruneKeys(db: Db): Promise<number> {
  return db.tx('idempotency.prune', async (tx) => {
    const result = await tx.query
      .deleteFrom('idempotency_keys')
      .where('expires_at', '<=', tx.now)
      .executeTakeFirst();
    return Number(result.numDeletedRows);
  });
}
