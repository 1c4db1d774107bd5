import { describe, expect, test } from 'vitest';
import { NOT_SENT } from '../../../test/harness/fake-operator.ts';
import { strayRun, type TopupShop } from '../../../test/harness/topup-shop.ts';
import { topupShopOfTests } from '../../../test/harness/topup-shop-of-tests.ts';
import { DAY_MS, MINUTE_MS } from '../../kernel/clock.ts';
import type { DeliveryResult } from '../../operators/operator.ts';

let shop: TopupShop;

topupShopOfTests((opened) => {
  shop = opened;
});

describe('what was not sent', () => {
  test('because the outcome of the claim’s commit is unknown, is given back', async () => {
    const id = await shop.buy();
    const worker = shop.another({ losesCommitOf: 'topup.claim' });
    await expect(strayRun(worker, 'topup.send', id)).rejects.toMatchObject({ code: 'commit_unknown' });
    expect(await shop.standing(id)).toMatchObject({
      fulfilment: 'unfulfilled',
      topup: { recharge_at: null },
    });
    await shop.drain();
    expect(shop.operator.sendsOf(id)).toBe(1);
  });

  test('is given back and sent by a later run, once', async () => {
    const id = await shop.buy();
    shop.operator.answer(NOT_SENT);
    const { failures } = await shop.drain();
    expect(failures).toMatchObject([{ name: 'topup.send' }]);
    expect(await shop.standing(id)).toMatchObject({
      fulfilment: 'unfulfilled',
      topup: { recharge_at: null, result: null },
    });
    await shop.drain(MINUTE_MS);
    expect(await shop.standing(id)).toMatchObject({ fulfilment: 'fulfilled' });
    expect(shop.operator.sendsOf(id)).toBe(1);
  });

  test('has failed for certain where it was given up meanwhile', async () => {
    const id = await shop.buy();
    const answer = shop.operator.hold();
    const claimant = strayRun(shop.another(), 'topup.send', id);
    await shop.operator.untilSent(id);
    await shop.drain(MINUTE_MS);
    answer({ ...NOT_SENT, outcome: 'not_sent' } as DeliveryResult);
    await expect(claimant).rejects.toThrow('was not sent to');
    await shop.drain(DAY_MS);
    expect(await shop.standing(id)).toMatchObject({ fulfilment: 'cancelled', payment: 'refunded' });
  });

  test('is not even claimed without a token', async () => {
    const id = await shop.buy();
    shop.operator.isTokenRefused = true;
    await shop.drain(MINUTE_MS);
    expect(await shop.standing(id)).toMatchObject({
      fulfilment: 'unfulfilled',
      topup: { recharge_at: null },
    });
    shop.operator.isTokenRefused = false;
    await shop.drain(10 * MINUTE_MS);
    expect(await shop.standing(id)).toMatchObject({ fulfilment: 'fulfilled' });
  });
});
