import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MINT, openWalletStand, type WalletStand } from '../../../test/harness/wallet.ts';
import { DAY_MS, MINUTE_MS } from '../../kernel/clock.ts';
import { newId } from '../../kernel/ids.ts';

describe('a wallet', () => {
  let stand: WalletStand;
  beforeAll(async () => {
    stand = await openWalletStand();
  });
  afterAll(async () => {
    expect(await stand.violations()).toEqual([]);
    await stand.close();
  });
  const customer = () => newId('usr');

  test('fifty credits of one cause at once are one credit', async () => {
    const id = customer();
    const cause = `coins:${newId('ord')}`;
    const wanted = {
      ...{ customerId: id, cause, purpose: { type: 'order', id: cause }, by: MINT },
      ...({ type: 'purchase', source: 'sold' } as const),
      ...{ paid: 10_000, gift: 2_000 },
    };
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => stand.tx((tx) => stand.wallets.credit(tx, wanted))),
    );
    expect(answers.filter(Boolean)).toHaveLength(1);
    expect(await stand.read(id)).toEqual({ paid: 10_000, gift: 2_000, held: 0, owed: 0 });
  });

  test('nothing can not be credited', async () => {
    await expect(stand.credit(customer(), { paid: 0 })).rejects.toThrow(RangeError);
    await expect(stand.credit(customer(), { paid: -1, gift: 5 })).rejects.toThrow(RangeError);
  });

  test('gifts go first, the one that expires first before the others, and never-ending ones last', async () => {
    const id = customer();
    const now = stand.clock.now();
    await stand.credit(id, { paid: 1_000, gift: 100 });
    await stand.credit(id, { gift: 100, giftExpiresAt: now + 9 * DAY_MS });
    await stand.credit(id, { gift: 100, giftExpiresAt: now + 5 * DAY_MS });
    await stand.tx((tx) => stand.wallets.spend(tx, stand.spending(id, 150)));
    const left = await stand.db.query
      .selectFrom('wallet_lots')
      .select(['bucket', 'available', 'expires_at'])
      .where('wallet_id', '=', `${id}:COIN`)
      .where('available', '>', 0)
      .execute();
    expect(left.find(({ expires_at: at }) => at === now + 5 * DAY_MS)).toBeUndefined();
    expect(left.find(({ expires_at: at }) => at === now + 9 * DAY_MS)?.available).toBe(50);
    expect(left.find(({ bucket, expires_at: at }) => bucket === 'gift' && at === null)?.available).toBe(100);
    expect(await stand.read(id)).toMatchObject({ paid: 1_000, gift: 150 });
    await stand.tx((tx) => stand.wallets.spend(tx, stand.spending(id, 250)));
    expect(await stand.read(id)).toMatchObject({ paid: 900, gift: 0 });
  });

  test('of forty payments at once only those are made that the balance covers', async () => {
    const id = customer();
    await stand.credit(id, { paid: 700, gift: 300 });
    const outcomes = await Promise.allSettled(
      Array.from({ length: 40 }, () => stand.tx((tx) => stand.wallets.spend(tx, stand.spending(id, 70)))),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(14);
    const refusals = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
    expect(new Set(refusals.map((reason: { code: string }) => reason.code))).toEqual(
      new Set(['insufficient_balance']),
    );
    expect(await stand.read(id)).toMatchObject({ paid: 20, gift: 0 });
  });

  test('the same reference is paid once, and refused for another amount', async () => {
    const id = customer();
    await stand.credit(id, { paid: 1_000 });
    const wanted = stand.spending(id, 300);
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => stand.tx((tx) => stand.wallets.spend(tx, wanted))),
    );
    expect(answers.filter(({ isRepeat }) => !isRepeat)).toHaveLength(1);
    expect(new Set(answers.map(({ hold }) => hold.id)).size).toBe(1);
    expect(await stand.read(id)).toMatchObject({ paid: 700 });
    const other = stand.tx((tx) => stand.wallets.spend(tx, { ...wanted, amount: 301 }));
    await expect(other).rejects.toMatchObject({ code: 'wallet_reference_used' });
    const asHold = stand.tx((tx) => stand.wallets.hold(tx, wanted, stand.clock.now() + MINUTE_MS));
    await expect(asHold).rejects.toMatchObject({ code: 'wallet_reference_used' });
  });

  test('a hold is settled in part, and the rest can be spent again', async () => {
    const id = customer();
    await stand.credit(id, { paid: 500, gift: 100 });
    const { hold } = await stand.tx((tx) =>
      stand.wallets.hold(tx, stand.spending(id, 300), stand.clock.now() + MINUTE_MS),
    );
    expect(hold).toMatchObject({ status: 'held', paid: 200, gift: 100 });
    expect(await stand.read(id)).toEqual({ paid: 300, gift: 0, held: 300, owed: 0 });
    const settle = { amount: 150, by: MINT };
    const settled = await stand.tx((tx) => stand.wallets.settleHold(tx, hold.id, settle));
    expect(settled).toMatchObject({ status: 'settled', settled_amount: 150 });
    expect(await stand.read(id)).toEqual({ paid: 450, gift: 0, held: 0, owed: 0 });
    await stand.tx((tx) => stand.wallets.settleHold(tx, hold.id, settle));
    expect(await stand.read(id)).toEqual({ paid: 450, gift: 0, held: 0, owed: 0 });
    const released = stand.tx((tx) => stand.wallets.releaseHold(tx, hold.id, MINT));
    await expect(released).rejects.toMatchObject({ code: 'illegal_transition' });
  });

  test('more than was held can not be settled', async () => {
    const id = customer();
    await stand.credit(id, { paid: 500 });
    const { hold } = await stand.tx((tx) =>
      stand.wallets.hold(tx, stand.spending(id, 100), stand.clock.now() + MINUTE_MS),
    );
    const settled = stand.tx((tx) => stand.wallets.settleHold(tx, hold.id, { amount: 101, by: MINT }));
    await expect(settled).rejects.toMatchObject({ code: 'settle_exceeds_hold' });
    await stand.tx((tx) => stand.wallets.releaseHold(tx, hold.id, MINT));
    expect(await stand.read(id)).toEqual({ paid: 500, gift: 0, held: 0, owed: 0 });
  });

  test('settling, releasing and expiring race, and one of them wins', async () => {
    const id = customer();
    await stand.credit(id, { paid: 1_000 });
    const spending = stand.spending(id, 400);
    const { hold } = await stand.tx((tx) => stand.wallets.hold(tx, spending, stand.clock.now() + MINUTE_MS));
    stand.clock.advance(2 * MINUTE_MS);
    const [settled, released] = await Promise.allSettled([
      stand.tx((tx) => stand.wallets.settleHold(tx, hold.id, { by: MINT })),
      stand.tx((tx) => stand.wallets.releaseHold(tx, hold.id, MINT)),
      stand.worker.drain(),
    ]);
    const row = await stand.db.query
      .selectFrom('wallet_holds')
      .select('status')
      .where('id', '=', hold.id)
      .executeTakeFirstOrThrow();
    const wins = [settled.status === 'fulfilled', released.status === 'fulfilled', row.status === 'expired'];
    expect(wins.filter(Boolean)).toHaveLength(1);
    expect(await stand.read(id)).toEqual({
      ...{ paid: row.status === 'settled' ? 600 : 1_000, gift: 0, held: 0, owed: 0 },
    });
  });

  test('a hold that nobody ends is let go by its job', async () => {
    const id = customer();
    await stand.credit(id, { paid: 100 });
    const { hold } = await stand.tx((tx) =>
      stand.wallets.hold(tx, stand.spending(id, 100), stand.clock.now() + 10 * MINUTE_MS),
    );
    await stand.worker.drain({ clock: stand.clock, until: stand.clock.now() + 11 * MINUTE_MS });
    expect(await stand.read(id)).toEqual({ paid: 100, gift: 0, held: 0, owed: 0 });
    const again = stand.tx((tx) => stand.wallets.settleHold(tx, hold.id, { by: MINT }));
    await expect(again).rejects.toMatchObject({ code: 'illegal_transition' });
  });

  test('a gift that expires leaves with a transfer, and before that can not be spent any more', async () => {
    const id = customer();
    await stand.credit(id, { paid: 50, gift: 100, giftExpiresAt: stand.clock.now() + DAY_MS });
    stand.clock.advance(DAY_MS);
    const tooMuch = stand.tx((tx) => stand.wallets.spend(tx, stand.spending(id, 60)));
    await expect(tooMuch).rejects.toMatchObject({ code: 'insufficient_balance', details: { available: 50 } });
    await stand.worker.drain({ clock: stand.clock, until: stand.clock.now() + 2 * MINUTE_MS });
    expect(await stand.read(id)).toEqual({ paid: 50, gift: 0, held: 0, owed: 0 });
    expect((await stand.books())['wallet_expired:COIN']).toBeLessThanOrEqual(-100);
  });

  test('a gift that was held beyond its end expires when it is let go', async () => {
    const id = customer();
    await stand.credit(id, { gift: 100, giftExpiresAt: stand.clock.now() + DAY_MS });
    const { hold } = await stand.tx((tx) =>
      stand.wallets.hold(tx, stand.spending(id, 60), stand.clock.now() + 2 * DAY_MS),
    );
    stand.clock.advance(DAY_MS + 1);
    await stand.worker.drain({ clock: stand.clock, until: stand.clock.now() + 2 * MINUTE_MS });
    expect(await stand.read(id)).toEqual({ paid: 0, gift: 0, held: 60, owed: 0 });
    await stand.tx((tx) => stand.wallets.releaseHold(tx, hold.id, MINT));
    expect(await stand.read(id)).toEqual({ paid: 0, gift: 0, held: 0, owed: 0 });
  });

  test('the database refuses a balance below zero', async () => {
    const id = customer();
    await stand.credit(id, { paid: 10 });
    const forced = stand.db.query
      .updateTable('wallets')
      .set({ paid: -1 })
      .where('customer_id', '=', id)
      .execute();
    await expect(forced).rejects.toThrow();
  });
});
