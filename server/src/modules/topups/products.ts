/** What is sold for a number, at today's rate. Nothing about a price comes from a client. */
import { AppError } from '../../kernel/errors.ts';
import type { Operator, Tariff, TopupType } from '../../operators/operator.ts';
import type { TopupsDeps } from './deps.ts';
import { topupNumberUnknown, topupUnavailable } from './errors.ts';
import { readRate } from './rates.ts';
import { LIST_AGE_MS, type NumberTariffs, ORDER_AGE_MS } from './tariff-cache.ts';
import { convertPrice, type Rate, SALE_CURRENCY } from './topup.ts';

/** How a bill is ordered: it has no tariff. */
export const BILL_CODE = 'bill';

export interface Product extends Omit<Tariff, 'type'> {
  readonly type: TopupType;
  /** What the customer pays, in minor units of {@link SALE_CURRENCY}. */
  readonly amount: number;
}

export interface NumberProducts {
  readonly operator: Operator;
  /** Digits without the calling code. */
  readonly msisdn: string;
  readonly plan: NumberTariffs['plan'];
  readonly rate: Rate;
  readonly products: readonly Product[];
}

function toBillProduct({ bill }: NumberTariffs): Omit<Product, 'amount'>[] {
  if (bill === null) {
    return [];
  }
  const name = bill.period === null ? 'Bill' : `Bill ${bill.period}`;
  return [
    {
      ...{ type: 'bill', group: 'bill', code: BILL_CODE, name, englishName: name, price: bill.due },
      ...{ units: null, data: null, days: null },
    },
  ];
}

async function readProducts(deps: TopupsDeps, text: string, maxAgeMs: number): Promise<NumberProducts> {
  const found = deps.operators.byNumber(text);
  if (found === undefined) {
    throw new AppError(topupNumberUnknown);
  }
  const { operator, msisdn } = found;
  const { currency, types } = operator.capabilities;
  const rate = await readRate(deps.db, currency);
  if (rate === undefined) {
    throw new AppError(topupUnavailable);
  }
  const tariffs = await deps.tariffs.read(operator, msisdn, maxAgeMs);
  const products = [...toBillProduct(tariffs), ...tariffs.tariffs].flatMap((tariff): Product[] => {
    const amount = convertPrice({ amount: tariff.price, currency }, rate, SALE_CURRENCY);
    return amount === undefined || !types.includes(tariff.type) ? [] : [{ ...tariff, amount }];
  });
  return { operator, msisdn, plan: tariffs.plan, rate, products };
}

/**
 * Everything that is sold for the number. Throws `topup_number_unknown`, `topup_number_refused` (422) and
 * `provider_unavailable` (502).
 */
export function listProducts(deps: TopupsDeps, msisdn: string): Promise<NumberProducts> {
  return readProducts(deps, msisdn, LIST_AGE_MS);
}

export interface FoundProduct extends Omit<NumberProducts, 'products' | 'plan'> {
  readonly product: Product;
}

/** One of them, with a price that is fresh enough to be ordered. Throws `topup_unavailable` (422) too. */
export async function findProduct(
  deps: TopupsDeps,
  wanted: { readonly msisdn: string; readonly type: TopupType; readonly code: string },
): Promise<FoundProduct> {
  const { products, ...found } = await readProducts(deps, wanted.msisdn, ORDER_AGE_MS);
  const product = products.find(({ type, code }) => type === wanted.type && code === wanted.code);
  if (product === undefined) {
    throw new AppError(topupUnavailable);
  }
  return { ...found, product };
}
