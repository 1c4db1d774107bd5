/**
 * The rate at which top-ups are sold. Invariant: rates are only added, under a version of their own, so that what held at
 * any time can be read; an order keeps the one that it was placed at. Crash story: one transaction with its audit entry.
 */
import type { Actor } from '../../kernel/actor.ts';
import { type Db, type Reader, TransactionConflict } from '../../kernel/db/index.ts';
import { AppError } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import type { Currency } from '../../kernel/money.ts';
import { writeAudit } from '../audit/index.ts';
import { topupRateJump } from './errors.ts';
import type { TopupRateRow } from './tables.ts';
import { isJump, type Rate, SALE_CURRENCY } from './topup.ts';

/** Until staff has set another one. */
const FIRST_RATES: Readonly<Record<Currency, Rate>> = { MNT: { fromUnits: 440, toUnits: 1 } };

const LISTED = 100;

/** The rates of an operator's currency, the one that holds first. */
export function listRates(reader: Reader, from: Currency, limit = LISTED): Promise<TopupRateRow[]> {
  return reader.query
    .selectFrom('topup_rates')
    .selectAll()
    .where('from_currency', '=', from)
    .where('to_currency', '=', SALE_CURRENCY)
    .orderBy('version', 'desc')
    .limit(limit)
    .execute();
}

/** What an operator's currency costs now; `undefined` for one that has no rate, in which nothing can be sold. */
export async function readRate(reader: Reader, from: Currency): Promise<Rate | undefined> {
  const [row] = await listRates(reader, from, 1);
  return row === undefined ? FIRST_RATES[from] : toRate(row);
}

function toRate({ from_units: fromUnits, to_units: toUnits }: TopupRateRow): Rate {
  return { fromUnits, toUnits };
}

export interface NewRate extends Rate {
  /** The operator's currency. */
  readonly from: Currency;
  /** Every price may change by more than a fifth. */
  readonly acceptsJump: boolean;
  readonly note: string | null;
  readonly by: Actor;
  readonly ip: string | null;
}

/** Sets the rate of all orders from now on; setting the one that holds changes nothing. Throws `topup_rate_jump` (409). */
export function setRate(db: Db, wanted: NewRate): Promise<TopupRateRow> {
  const { from, fromUnits, toUnits, acceptsJump, note, by, ip } = wanted;
  return db.tx('topup.set_rate', async (tx) => {
    const [latest] = await listRates(tx, from, 1);
    if (latest?.from_units === fromUnits && latest.to_units === toUnits) {
      return latest;
    }
    const current = latest ? toRate(latest) : FIRST_RATES[from];
    if (current && !acceptsJump && isJump(current, wanted)) {
      throw new AppError(topupRateJump, { details: { current } });
    }
    const row: TopupRateRow = {
      id: newId('tpr'),
      from_currency: from,
      to_currency: SALE_CURRENCY,
      version: (latest?.version ?? 0) + 1,
      from_units: fromUnits,
      to_units: toUnits,
      note,
      set_by: by.id,
      created_at: tx.now,
    };
    if (!(await tx.insertOnce('topup_rates', row))) {
      throw new TransactionConflict(`the rate of ${from} was set by somebody else meanwhile`);
    }
    await writeAudit(tx, {
      actor: by,
      action: 'topup_rate.set',
      target: { type: 'topup_rate', id: row.id },
      before: latest && { fromUnits: latest.from_units, toUnits: latest.to_units },
      after: { from, to: SALE_CURRENCY, fromUnits, toUnits, note },
      ip,
    });
    return row;
  });
}
