/** What operators sell for a number, kept for a while: pages ask for it at every step, and the operator need not be. */
import { type Clock, MINUTE_MS } from '../../kernel/clock.ts';
import { AppError, providerUnavailable } from '../../kernel/errors.ts';
import type { Operator, PostpaidBill, Tariff } from '../../operators/operator.ts';
import { topupNumberRefused } from './errors.ts';

/** How old what a list shows may be. */
export const LIST_AGE_MS = 10 * MINUTE_MS;
/** How old the price of an order may be: the operator refuses one that is not its own. */
export const ORDER_AGE_MS = MINUTE_MS;
const MAX_KEPT = 5_000;

export interface NumberTariffs {
  readonly plan: 'prepaid' | 'postpaid';
  readonly tariffs: readonly Tariff[];
  /** Of a number that is billed afterwards and owes something, where the operator has told it. */
  readonly bill: PostpaidBill | null;
  readonly readAt: number;
}

export interface TariffCache {
  /**
   * What is sold for the number, at most `maxAgeMs` old. Throws `topup_number_refused` (422) and `provider_unavailable`
   * (502).
   */
  read(operator: Operator, msisdn: string, maxAgeMs: number): Promise<NumberTariffs>;
}

/** In this process; those who ask at once for the same number share one question. */
export function createTariffCache(clock: Clock): TariffCache {
  const kept = new Map<string, NumberTariffs>();
  const asking = new Map<string, Promise<NumberTariffs>>();

  async function ask(operator: Operator, msisdn: string): Promise<NumberTariffs> {
    const found = await operator.listTariffs(msisdn);
    if (found.outcome === 'refused') {
      throw new AppError(topupNumberRefused, { cause: new Error(found.reason.code) });
    }
    if (found.outcome === 'unavailable') {
      throw new AppError(providerUnavailable, { cause: new Error(found.reason.code) });
    }
    const { plan, tariffs } = found;
    const bill = plan === 'postpaid' ? await readBill(operator, msisdn) : null;
    return { plan, tariffs, bill, readAt: clock.now() };
  }

  function keep(key: string, found: NumberTariffs): void {
    // The one that was read longest ago makes room.
    kept.delete(key);
    kept.set(key, found);
    const [oldest] = kept.keys();
    if (kept.size > MAX_KEPT && oldest !== undefined) {
      kept.delete(oldest);
    }
  }

  async function askAndKeep(key: string, operator: Operator, msisdn: string): Promise<NumberTariffs> {
    try {
      const found = await ask(operator, msisdn);
      keep(key, found);
      return found;
    } finally {
      asking.delete(key);
    }
  }

  return {
    async read(operator, msisdn, maxAgeMs) {
      const key = `${operator.capabilities.operator} ${msisdn}`;
      const found = kept.get(key);
      if (found !== undefined && clock.now() - found.readAt < maxAgeMs) {
        return found;
      }
      const asked = asking.get(key) ?? askAndKeep(key, operator, msisdn);
      asking.set(key, asked);
      return asked;
    },
  };
}

/** What is for sale does not depend on the bill: without an answer it is left out. */
async function readBill(operator: Operator, msisdn: string): Promise<PostpaidBill | null> {
  const found = await operator.readBill?.(msisdn);
  return found?.outcome === 'found' && found.bill.due > 0 ? found.bill : null;
}
