import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTopupShop, STAFF, type TopupShop } from '../../../test/harness/topup-shop.ts';

let shop: TopupShop;

beforeAll(async () => {
  shop = await openTopupShop();
});
afterAll(() => shop.close());

test('a rate that changes every price by more than a fifth must be meant', async () => {
  const set = (rate: object) =>
    shop.api.call('POST /admin/topups/rates', { token: STAFF, body: { from: 'MNT', ...rate } });
  for (const fromUnits of [44, 366, 551, 4_400]) {
    const refused = await set({ fromUnits, toUnits: 1 });
    expect(refused.body, String(fromUnits)).toMatchObject({
      ...{ code: 409, error: 'topup_rate_jump' },
      details: { current: { fromUnits: 440, toUnits: 1 } },
    });
  }
  expect((await set({ fromUnits: 880, toUnits: 1, acceptsJump: true })).status).toBe(201);
  expect((await set({ fromUnits: 440, toUnits: 1, acceptsJump: true })).status).toBe(201);
  expect((await set({ fromUnits: 367, toUnits: 1 })).status).toBe(201);
  expect((await set({ fromUnits: 440, toUnits: 1 })).status).toBe(201);
});
