import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type CoinShop, openCoinShop } from '../../../test/harness/coin-shop.ts';
import { DAY_MS, HOUR_MS } from '../../kernel/clock.ts';
import { newId } from '../../kernel/ids.ts';

/** 100 coins and 20 given ones for 99.00. */
describe('money of coins that goes back', () => {
  let shop: CoinShop;
  let podId: string;

  beforeAll(async () => {
    shop = await openCoinShop();
    podId = await shop.newPod();
  });
  afterEach(async () => {
    await shop.drain(2 * DAY_MS);
    expect(await shop.violations()).toEqual([]);
  });
  afterAll(() => shop.close());

  const newBuyer = async () => {
    const customerId = newId('usr');
    return { customerId, order: await shop.buy(customerId, podId) };
  };

  test('takes all coins back with all of it, in the transaction that promises it', async () => {
    const { customerId, order } = await newBuyer();
    await shop.refund(order, 'all');
    expect(await shop.walletOf(customerId)).toEqual({ paid: 0, gift: 0, held: 0, owed: 0 });
    await shop.drain(HOUR_MS);
    expect(await shop.read(order.id)).toMatchObject({ status: 'completed', payment_status: 'refunded' });
  });

  test('takes coins back for a part of it, and gifts in proportion', async () => {
    const { customerId, order } = await newBuyer();
    await shop.refund(order, 3_300);
    expect(await shop.walletOf(customerId)).toMatchObject({ paid: 6_666, gift: 1_334 });
    await shop.refund(order, 6_600);
    expect(await shop.walletOf(customerId)).toEqual({ paid: 0, gift: 0, held: 0, owed: 0 });
  });

  test('is what unspent coins are worth, and 409 says how much that is', async () => {
    const { customerId, order } = await newBuyer();
    // 20 given ones and 33.33 that were paid for.
    await shop.spend(customerId, 5_333);
    await expect(shop.refund(order, 'all')).rejects.toMatchObject({
      code: 'coins_spent',
      details: { requested: 9_900, refundable: 6_600, unspentCoin: 6_667 },
    });
    await expect(shop.refund(order, 6_601)).rejects.toMatchObject({ code: 'coins_spent' });
    expect(await shop.walletOf(customerId)).toMatchObject({ paid: 6_667 });
    await shop.refund(order, 6_600);
    expect(await shop.walletOf(customerId)).toEqual({ paid: 0, gift: 0, held: 0, owed: 0 });
  });

  test('is not what is held, until it is let go', async () => {
    const { customerId, order } = await newBuyer();
    const spending = { customerId, currency: 'COIN', amount: 2_100, reference: 'game', claimId: null };
    const by = { type: 'staff', id: 'usr_service' } as const;
    const until = shop.clock.now() + HOUR_MS;
    const { hold } = await shop.db.tx('test.hold', (tx) => shop.wallets.hold(tx, { ...spending, by }, until));
    await expect(shop.refund(order, 'all')).rejects.toMatchObject({ code: 'coins_spent' });
    await shop.db.tx('test.release', (tx) => shop.wallets.releaseHold(tx, hold.id, by));
    await shop.refund(order, 'all');
    expect(await shop.walletOf(customerId)).toMatchObject({ paid: 0, gift: 0 });
  });

  test('that comes to nothing brings the coins back, by a transfer of its own', async () => {
    const { customerId, order } = await newBuyer();
    await shop.refund(order, 4_950);
    expect(await shop.walletOf(customerId)).toMatchObject({ paid: 5_000, gift: 1_000 });
    const closed = { outcome: 'failed', reason: { code: 'CLOSED', message: 'closed' } } as const;
    shop.gateway.fail('refund', { answer: closed });
    await shop.drain(HOUR_MS);
    expect(await shop.walletOf(customerId)).toMatchObject({ paid: 10_000, gift: 2_000 });
    expect(await shop.read(order.id)).toMatchObject({ payment_status: 'paid' });
  });

  test('and spending at the same moment: never both of the same coins', async () => {
    for (let round = 0; round < 8; round += 1) {
      const { customerId, order } = await newBuyer();
      const [refunded, spent] = await Promise.allSettled([
        shop.refund(order, 'all'),
        shop.spend(customerId, 2_001),
      ]);
      expect([refunded.status, spent.status].sort()).toEqual(['fulfilled', 'rejected']);
      const left = await shop.walletOf(customerId);
      expect(left).toMatchObject(spent.status === 'fulfilled' ? { paid: 9_999 } : { paid: 0, gift: 0 });
    }
  });

  test('by the provider’s own doing takes what there is, and the rest is owed', async () => {
    const { customerId, order } = await newBuyer();
    await shop.spend(customerId, 7_000);
    await shop.returnInConsole(order, 9_900);
    expect(await shop.walletOf(customerId)).toEqual({ paid: 0, gift: 0, held: 0, owed: 7_000 });
    const alerts = await shop.db.query
      .selectFrom('alerts')
      .select('kind')
      .where('kind', '=', 'wallet_receivable')
      .where('state', '=', 'open')
      .execute();
    expect(alerts.length).toBeGreaterThan(0);
    // What comes later is not taken for it.
    await shop.buy(customerId, podId);
    expect(await shop.walletOf(customerId)).toMatchObject({ paid: 10_000, owed: 7_000 });
  });

  test('by a dispute that is lost takes the coins, and gives them back when it is won after all', async () => {
    const { customerId, order } = await newBuyer();
    await shop.spend(customerId, 4_000);
    await shop.dispute(order, 'needs_response', ['withdrawn']);
    expect(await shop.walletOf(customerId)).toMatchObject({ paid: 8_000, owed: 0 });
    await shop.dispute(order, 'lost', ['withdrawn']);
    expect(await shop.walletOf(customerId)).toMatchObject({ paid: 0, gift: 0, owed: 4_000 });
    await shop.dispute(order, 'won', ['withdrawn', 'reinstated']);
    expect(await shop.walletOf(customerId)).toMatchObject({ paid: 8_000, gift: 0, owed: 0 });
  });

  test('of a customer who has other coins leaves those alone', async () => {
    const { customerId, order } = await newBuyer();
    await shop.spend(customerId, 12_000);
    await shop.buy(customerId, podId);
    await expect(shop.refund(order, 1)).rejects.toMatchObject({
      code: 'coins_spent',
      details: { refundable: 0, unspentCoin: 0 },
    });
    expect(await shop.walletOf(customerId)).toMatchObject({ paid: 10_000, gift: 2_000, owed: 0 });
  });
});
