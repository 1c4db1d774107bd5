/** What the simulated operator sells: a list of the shape, and of about the size, of the real one. */
export interface Tariff {
  code: string;
  name: string;
  eng_name: string;
  short_name: string;
  /** In tugrik. */
  price: number;
  unit?: number;
  data?: string;
  days?: number;
}

function credit(price: number, days?: number): Tariff {
  const suffix = days === undefined ? 'N' : '';
  return {
    code: `SD${price}${suffix}`,
    name: days === undefined ? `${price} нэгж` : `${price} нэгж, ${days} хоног`,
    eng_name: days === undefined ? `${price} units` : `${price} units, ${days} days`,
    short_name: `${price}`,
    price,
    unit: price,
    ...(days !== undefined && { days }),
  };
}

function data(gigabytes: number, days: number, price: number): Tariff {
  return {
    code: `data${gigabytes}gb${days}d`,
    name: `${gigabytes}GB, ${days} хоног`,
    eng_name: `${gigabytes} GB for ${days} days`,
    short_name: `${gigabytes}GB`,
    price,
    data: `${gigabytes}GB`,
    days,
  };
}

export const CARDS: Readonly<Record<'day' | 'noday' | 'special', readonly Tariff[]>> = {
  day: [credit(1_000, 7), credit(3_000, 15), credit(5_000, 30), credit(10_000, 60)],
  noday: [credit(5_000), credit(20_000)],
  special: [
    {
      code: 'SP8000',
      name: '8000 нэгж, 3GB, 30 хоног',
      eng_name: '8000 units and 3 GB for 30 days',
      short_name: '8000+3GB',
      price: 8_000,
      unit: 8_000,
      data: '3GB',
      days: 30,
    },
  ],
};

export const PACKAGES: Readonly<Record<'data' | 'days' | 'entertainment', readonly Tariff[]>> = {
  data: [data(3, 30, 6_000), data(10, 30, 15_000), data(30, 30, 29_900)],
  days: [data(1, 1, 1_000), data(3, 2, 2_500)],
  entertainment: [
    {
      code: 'music30d',
      name: 'Хөгжим, 30 хоног',
      eng_name: 'Music for 30 days',
      short_name: 'Music',
      price: 2_200,
      data: '5GB',
      days: 30,
    },
  ],
};

export function findTariff(
  groups: Readonly<Record<string, readonly Tariff[]>>,
  code: unknown,
): Tariff | undefined {
  return Object.values(groups)
    .flat()
    .find((tariff) => tariff.code === code);
}
