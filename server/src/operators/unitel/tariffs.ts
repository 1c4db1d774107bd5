import { z } from 'zod';
import { MAX_TARIFF_CODE_LENGTH, type Tariff, type TariffsResult } from '../operator.ts';
import { MALFORMED_ANSWER } from './answers.ts';
import type { ClientAnswer, UnitelClient } from './client.ts';
import { readAmount } from './money.ts';

const MAX_NAME_LENGTH = 190;
/** A list that is longer than any that was seen is cut off, and not a reason to load it all. */
const MAX_TARIFFS = 500;

/** One that lacks what a sale needs is left out; the others are still for sale. */
const itemSchema = z.object({
  code: z
    .string()
    .regex(/^[\x21-\x7e]+$/)
    .max(MAX_TARIFF_CODE_LENGTH),
  name: z.string().trim().min(1),
  eng_name: z.string().trim().nullish(),
  price: z.union([z.number(), z.string()]),
  unit: z.coerce.number().int().nonnegative().nullish().catch(null),
  data: z.coerce.string().nullish().catch(null),
  days: z.coerce.number().int().positive().nullish().catch(null),
});

const groupsSchema = z.record(z.string(), z.array(z.unknown()).catch([]));

const answerSchema = z.object({
  servicetype: z.string(),
  service: z.object({ cards: groupsSchema.catch({}), data: groupsSchema.catch({}) }),
});

function readTariffs(type: Tariff['type'], groups: z.infer<typeof groupsSchema>): Tariff[] {
  return Object.entries(groups).flatMap(([group, items]) =>
    items.flatMap((item) => readTariff(type, group, item) ?? []),
  );
}

function readTariff(type: Tariff['type'], group: string, item: unknown): Tariff | undefined {
  const { data } = itemSchema.safeParse(item);
  const price = data && readAmount(data.price);
  if (data === undefined || price === undefined || price <= 0) {
    return undefined;
  }
  return {
    ...{ type, group, price, code: data.code },
    name: data.name.slice(0, MAX_NAME_LENGTH),
    englishName: data.eng_name?.slice(0, MAX_NAME_LENGTH) || null,
    units: data.unit ?? null,
    data: data.data || null,
    days: data.days ?? null,
  };
}

/** Of two with one code the first one counts: what is ordered is found by its code. */
function unique(tariffs: readonly Tariff[]): Tariff[] {
  const byCode = new Map<string, Tariff>();
  for (const tariff of tariffs) {
    const key = `${tariff.type} ${tariff.code}`;
    if (!byCode.has(key)) {
      byCode.set(key, tariff);
    }
  }
  return [...byCode.values()].slice(0, MAX_TARIFFS);
}

/** What stands behind an answer to a question that is not a success. */
export function withoutSuccess(answer: Exclude<ClientAnswer, { readonly kind: 'success' }>) {
  return answer.kind === 'refused'
    ? ({ outcome: 'refused', reason: answer.reason } as const)
    : ({ outcome: 'unavailable', reason: answer.reason } as const);
}

export function createListTariffs(client: UnitelClient): (msisdn: string) => Promise<TariffsResult> {
  return async (msisdn) => {
    const answer = await client.ask({
      operation: 'servicetype',
      path: '/service/servicetype',
      body: { msisdn, info: '1' },
    });
    if (answer.kind !== 'success') {
      return withoutSuccess(answer);
    }
    const { data } = answerSchema.safeParse(answer.body);
    if (data === undefined) {
      return { outcome: 'unavailable', reason: MALFORMED_ANSWER };
    }
    const { cards, data: packages } = data.service;
    return {
      outcome: 'found',
      plan: data.servicetype.toUpperCase() === 'POSTPAID' ? 'postpaid' : 'prepaid',
      tariffs: unique([...readTariffs('recharge', cards), ...readTariffs('data', packages)]),
    };
  };
}
