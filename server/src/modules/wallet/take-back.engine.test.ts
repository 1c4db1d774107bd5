import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MINT, openWalletStand, type WalletStand } from '../../../test/harness/wallet.ts';
import { newId } from '../../kernel/ids.ts';
import type { TakeBack } from './index.ts';
import { collectReceivable, waiveReceivable } from './receivables.ts';

describe('coins that are taken back', () => {
  let stand: WalletStand;
  beforeAll(async () => {
    stand = await openWalletStand();
  });
  afterAll(async () => {
    expect(await stand.violations()).toEqual([]);
    await stand.close();
  });

  const wish = (customerId: string, origin: string, changes: Partial<TakeBack>): TakeBack => ({
    ...{ customerId, origin, cause: newId('tkb'), purpose: { type: 'order', id: origin }, by: MINT },
    ...{ shortfall: 'receivable', ...changes },
  });
  const takeBack = (wanted: TakeBack) => stand.tx((tx) => stand.wallets.takeBack(tx, wanted));
  const giveBack = (wanted: TakeBack) => stand.tx((tx) => stand.wallets.giveBack(tx, wanted));
  const spend = (customerId: string, amount: number) =>
    stand.tx((tx) => stand.wallets.spend(tx, stand.spending(customerId, amount)));
  const receivableOf = (customerId: string) =>
    stand.db.query
      .selectFrom('wallet_receivables')
      .selectAll()
      .where('customer_id', '=', customerId)
      .executeTakeFirstOrThrow();

  test('are those of their own credit, not other ones of the customer', async () => {
    const id = newId('usr');
    const first = await stand.credit(id, { paid: 1_000 });
    await stand.credit(id, { paid: 5_000 });
    await spend(id, 600);
    expect(await takeBack(wish(id, first, { paid: 1_000 }))).toEqual({ paid: 400, gift: 0, owed: 600 });
    expect(await stand.read(id)).toEqual({ paid: 5_000, gift: 0, held: 0, owed: 600 });
  });

  test('are refused whole where a shortfall is to be refused', async () => {
    const id = newId('usr');
    const origin = await stand.credit(id, { paid: 100 });
    await spend(id, 1);
    const refused = takeBack(wish(id, origin, { paid: 100, shortfall: 'refuse' }));
    await expect(refused).rejects.toMatchObject({ code: 'insufficient_balance', details: { available: 99 } });
    expect(await stand.read(id)).toMatchObject({ paid: 99, owed: 0 });
  });

  test('are taken once for each cause, however many ask at once', async () => {
    const id = newId('usr');
    const origin = await stand.credit(id, { paid: 100, gift: 50 });
    const wanted = wish(id, origin, { paid: 60, gift: 30 });
    await Promise.all(Array.from({ length: 10 }, () => takeBack(wanted)));
    expect(await stand.read(id)).toEqual({ paid: 40, gift: 20, held: 0, owed: 0 });
  });

  test('are never more than the credit had brought, receivables included', async () => {
    const id = newId('usr');
    const origin = await stand.credit(id, { paid: 100 });
    await spend(id, 80);
    await takeBack(wish(id, origin, { paid: 70 }));
    await expect(takeBack(wish(id, origin, { paid: 101 }))).rejects.toThrow(RangeError);
    await expect(takeBack(wish(id, origin, { paid: 31 }))).rejects.toThrow(RangeError);
    await takeBack(wish(id, origin, { paid: 30 }));
    expect(await stand.read(id)).toMatchObject({ paid: 0, owed: 80 });
  });

  test('come back to where they were, and nothing is owed for them any more', async () => {
    const id = newId('usr');
    const origin = await stand.credit(id, { paid: 100, gift: 20 });
    await spend(id, 50);
    await takeBack(wish(id, origin, { paid: 100, gift: 20 }));
    expect(await stand.read(id)).toEqual({ paid: 0, gift: 0, held: 0, owed: 50 });
    await giveBack(wish(id, origin, { paid: 100, gift: 20 }));
    expect(await stand.read(id)).toEqual({ paid: 70, gift: 0, held: 0, owed: 0 });
    expect(await receivableOf(id)).toMatchObject({ open_amount: 0 });
  });

  test('a receivable is collected from the wallet by a person, and given back with the coins', async () => {
    const id = newId('usr');
    const origin = await stand.credit(id, { paid: 100 });
    await spend(id, 100);
    await takeBack(wish(id, origin, { paid: 100 }));
    await stand.credit(id, { paid: 70 });
    expect(await stand.read(id)).toMatchObject({ paid: 70, owed: 100 });
    const { id: receivableId } = await receivableOf(id);
    const decision = { receivableId, by: MINT, ip: null, note: 'agreed by phone' };
    await collectReceivable(stand, decision);
    expect(await stand.read(id)).toMatchObject({ paid: 0, owed: 30 });
    await giveBack(wish(id, origin, { paid: 100 }));
    expect(await stand.read(id)).toMatchObject({ paid: 70, owed: 0 });
    expect(await receivableOf(id)).toMatchObject({ status: 'closed', collected: 70, annulled: 30 });
  });

  test('a receivable is collected in as many steps as it takes', async () => {
    const id = newId('usr');
    const origin = await stand.credit(id, { paid: 100 });
    await spend(id, 100);
    await takeBack(wish(id, origin, { paid: 100 }));
    const { id: receivableId } = await receivableOf(id);
    const decision = { receivableId, by: MINT, ip: null, note: 'as it comes' };
    for (const coins of [30, 50, 90]) {
      await stand.credit(id, { paid: coins });
      await collectReceivable(stand, decision);
    }
    expect(await stand.read(id)).toMatchObject({ paid: 70, owed: 0 });
    expect(await receivableOf(id)).toMatchObject({ status: 'closed', collected: 100 });
    await expect(collectReceivable(stand, decision)).rejects.toMatchObject({ code: 'illegal_transition' });
  });

  test('what was waived is not given back', async () => {
    const id = newId('usr');
    const origin = await stand.credit(id, { paid: 100 });
    await spend(id, 60);
    await takeBack(wish(id, origin, { paid: 100 }));
    const { id: receivableId } = await receivableOf(id);
    await waiveReceivable(stand, { receivableId, by: MINT, ip: null, note: 'gone' });
    expect(await stand.read(id)).toMatchObject({ paid: 0, owed: 0 });
    await giveBack(wish(id, origin, { paid: 100 }));
    expect(await stand.read(id)).toMatchObject({ paid: 40, owed: 0 });
    const again = waiveReceivable(stand, { receivableId, by: MINT, ip: null, note: 'again' });
    await expect(again).rejects.toMatchObject({ code: 'illegal_transition' });
  });

  test('an open receivable has an alert, and a closed one none', async () => {
    const id = newId('usr');
    const origin = await stand.credit(id, { paid: 10 });
    await spend(id, 10);
    await takeBack(wish(id, origin, { paid: 10 }));
    const { id: receivableId } = await receivableOf(id);
    const alertState = async () =>
      (
        await stand.db.query
          .selectFrom('alerts')
          .select('state')
          .where('subject', '=', receivableId)
          .executeTakeFirstOrThrow()
      ).state;
    expect(await alertState()).toBe('open');
    await giveBack(wish(id, origin, { paid: 10 }));
    expect(await alertState()).toBe('resolved');
  });
});
