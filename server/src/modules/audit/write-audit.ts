import type { Actor } from '../../kernel/actor.ts';
import type { Tx } from '../../kernel/db/index.ts';
import { newId } from '../../kernel/ids.ts';

/** What somebody did to something, for the log of administrators' actions. */
export interface AuditRecord {
  readonly actor: Actor;
  /** `noun.verb`, such as `order.cancel`. */
  readonly action: string;
  readonly target: { readonly type: string; readonly id: string };
  /** The part that changed, as it was; left out for a creation. Never a secret: the log is read by people. */
  readonly before?: unknown;
  /** The same part as it is now; left out for a deletion. */
  readonly after?: unknown;
  /** The network address of the request; `null` from the command line and from jobs. */
  readonly ip: string | null;
}

const ACTION = /^[a-z][a-z_]*\.[a-z][a-z_]*$/;

function toJson(value: unknown): string | null {
  return value === undefined ? null : JSON.stringify(value);
}

/**
 * Writes the entry in the transaction of the action itself, so that neither exists without the other. Throws when the
 * action is not `noun.verb`.
 */
export async function writeAudit(tx: Tx, record: AuditRecord): Promise<void> {
  if (!ACTION.test(record.action)) {
    throw new RangeError(`audit action ${record.action} is not noun.verb`);
  }
  await tx.query
    .insertInto('audit_entries')
    .values({
      id: newId('aud'),
      action: record.action,
      actor_type: record.actor.type,
      actor_id: record.actor.id,
      target_type: record.target.type,
      target_id: record.target.id,
      before_value: toJson(record.before),
      after_value: toJson(record.after),
      ip: record.ip,
      at: tx.now,
    })
    .execute();
}
