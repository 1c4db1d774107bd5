import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTestApi, type TestApi, tokenOf } from '../../../test/harness/api.ts';
import { MINT, openWalletStand, type WalletStand } from '../../../test/harness/wallet.ts';
import { DAY_MS, MINUTE_MS } from '../../kernel/clock.ts';
import { newId } from '../../kernel/ids.ts';

const clerk = (userId: string, ...permissions: string[]) => tokenOf({ userId, kind: 'staff', permissions });
const service = clerk('usr_service', 'wallet.spend');
/** Somebody else in each test: what a person adjusts is counted by the day. */
const newAdjuster = (userId = newId('usr')) =>
  clerk(userId, 'wallet.adjust', 'wallet.approve', 'wallet.read');
const approver = clerk('usr_approver', 'wallet.approve', 'wallet.read');

describe('the routes of wallets', () => {
  let stand: WalletStand;
  let api: TestApi;
  beforeAll(async () => {
    stand = await openWalletStand();
    const { db, clock, wallets } = stand;
    api = await openTestApi({ db, clock, registerRoutes: wallets.registerRoutes });
  });
  afterAll(async () => {
    expect(await stand.violations()).toEqual([]);
    await api.close();
    await stand.close();
  });
  const walletOf = async (userId: string) =>
    (await api.call('GET /wallet', { token: tokenOf({ userId }) })).body.data;

  test('a customer sees what they have, and that of nobody else', async () => {
    const userId = newId('usr');
    expect(await walletOf(userId)).toMatchObject({ coin: 0, giftCoin: 0, storeCredit: [] });
    const expiresAt = stand.clock.now() + DAY_MS;
    await stand.credit(userId, { paid: 1_000, gift: 200, giftExpiresAt: expiresAt });
    await stand.credit(userId, { currency: 'CNY', type: 'store_credit', source: 'refunded', paid: 500 });
    expect(await walletOf(userId)).toEqual({
      ...{ coin: 1_000, giftCoin: 200, heldCoin: 0, owedCoin: 0 },
      endingGifts: [{ giftCoin: 200, expiresAt: new Date(expiresAt).toISOString() }],
      storeCredit: [{ currency: 'CNY', balance: 500, held: 0, owed: 0 }],
    });
    expect(await walletOf(newId('usr'))).toMatchObject({ coin: 0 });
    expect((await api.call('GET /wallet')).status).toBe(401);
  });

  test('a gift whose time is over is not shown, though it has not left yet', async () => {
    const userId = newId('usr');
    await stand.credit(userId, { gift: 200, giftExpiresAt: stand.clock.now() + 1_000 });
    stand.clock.advance(1_000);
    expect(await walletOf(userId)).toMatchObject({ giftCoin: 0, endingGifts: [] });
  });

  test('a statement is paged, newest first, and narrowed by type and time', async () => {
    const userId = newId('usr');
    const token = tokenOf({ userId });
    for (let n = 1; n <= 5; n += 1) {
      await stand.credit(userId, { paid: n * 100, note: `package ${n}` });
      stand.clock.advance(MINUTE_MS);
    }
    await stand.tx((tx) => stand.wallets.spend(tx, stand.spending(userId, 50)));
    const first = await api.call('GET /wallet/transactions?limit=4', { token });
    expect(first.body.data.pagination).toMatchObject({ total: 6, pages: 2 });
    expect(first.body.data.items[0]).toMatchObject({ type: 'spend', paid: -50, paidAfter: 1_450 });
    expect(first.body.data.items[1]).toMatchObject({ type: 'purchase', paid: 500, note: 'package 5' });
    const cursor = first.body.data.pagination.nextCursor as string;
    const second = await api.call(`GET /wallet/transactions?limit=4&cursor=${cursor}`, { token });
    expect(second.body.data.items.map((line: { paid: number }) => line.paid)).toEqual([200, 100]);
    const spent = await api.call('GET /wallet/transactions?type=spend', { token });
    expect(spent.body.data.items).toHaveLength(1);
    const until = new Date(stand.clock.now() - 4 * MINUTE_MS).toISOString();
    const early = await api.call(`GET /wallet/transactions?endDate=${until}`, { token });
    expect(early.body.data.items).toHaveLength(2);
    expect((await api.call('GET /wallet/transactions?currency=CNY', { token })).body.data.items).toEqual([]);
    expect((await api.call('GET /wallet/transactions?currency=ABC', { token })).status).toBe(400);
  });

  test('the shop holds, settles in part and spends under its own numbers', async () => {
    const customerId = newId('usr');
    await stand.credit(customerId, { paid: 1_000 });
    const body = { customerId, amount: 600, reference: 'game-1', expiresInSeconds: 60 };
    const held = await api.call('POST /wallet/holds', { token: service, body });
    expect(held).toMatchObject({ status: 201, body: { data: { status: 'held', amount: 600 } } });
    const again = await api.call('POST /wallet/holds', { token: service, body });
    expect(again.headers.duplicate).toBe('true');
    expect(again.body.data.id).toBe(held.body.data.id);
    const { id } = held.body.data;
    const settled = await api.call(`POST /wallet/holds/${id}/settle`, {
      token: service,
      body: { amount: 250 },
    });
    expect(settled.body.data).toMatchObject({ status: 'settled', settledAmount: 250 });
    const released = await api.call(`POST /wallet/holds/${id}/release`, { token: service });
    expect(released).toMatchObject({ status: 409, body: { error: 'illegal_transition' } });
    const spend = { customerId, amount: 751, reference: 'game-2' };
    const refused = await api.call('POST /wallet/spend', { token: service, body: spend });
    expect(refused).toMatchObject({
      status: 409,
      body: { error: 'insufficient_balance', details: { available: 750 } },
    });
    const spent = await api.call('POST /wallet/spend', { token: service, body: { ...spend, amount: 750 } });
    expect(spent).toMatchObject({ status: 201, body: { data: { status: 'settled', settledAmount: 750 } } });
    expect(await walletOf(customerId)).toMatchObject({ coin: 0, heldCoin: 0 });
  });

  test('an Idempotency-Key gives the same hold again, and another content under it is refused', async () => {
    const customerId = newId('usr');
    await stand.credit(customerId, { paid: 1_000 });
    const headers = { 'idempotency-key': newId('key') };
    const body = { customerId, amount: 100, reference: 'once' };
    const first = await api.call('POST /wallet/spend', { token: service, body, headers });
    const second = await api.call('POST /wallet/spend', { token: service, body, headers });
    expect(second.headers['idempotency-hit']).toBe('true');
    expect(second.body.data).toEqual(first.body.data);
    const other = { ...body, amount: 200 };
    expect((await api.call('POST /wallet/spend', { token: service, body: other, headers })).status).toBe(422);
    expect(await walletOf(customerId)).toMatchObject({ coin: 900 });
  });

  test('neither customers nor staff without the permission spend or adjust', async () => {
    const customerId = newId('usr');
    const body = { customerId, amount: 1, reference: 'x' };
    expect(
      (await api.call('POST /wallet/spend', { token: tokenOf({ userId: customerId }), body })).status,
    ).toBe(403);
    expect((await api.call('POST /wallet/spend', { token: approver, body })).status).toBe(403);
    const wish = { customerId, amount: 1, reason: 'x' };
    expect((await api.call('POST /admin/wallet-adjustments', { token: service, body: wish })).status).toBe(
      403,
    );
    expect((await api.call('GET /admin/wallets', { token: service })).status).toBe(403);
  });

  test('adjustments beyond the limit of a day wait for a second person, who is somebody else', async () => {
    const adjuster = newAdjuster();
    const customerId = newId('usr');
    const ask = (amount: number, more: object = {}) =>
      api.call('POST /admin/wallet-adjustments', {
        token: adjuster,
        body: { customerId, amount, reason: 'a complaint', ...more },
      });
    expect(await ask(6_000)).toMatchObject({ status: 201, body: { data: { status: 'applied' } } });
    // 60.00 of 100.00 are used up for today.
    const waiting = await ask(4_001);
    expect(waiting).toMatchObject({
      status: 202,
      body: { data: { status: 'requested', needsSecondPerson: true } },
    });
    expect(await ask(-4_000)).toMatchObject({ status: 201 });
    expect(await walletOf(customerId)).toMatchObject({ coin: 2_000 });
    const { id } = waiting.body.data;
    const own = await api.call(`POST /admin/wallet-adjustments/${id}/approve`, { token: adjuster, body: {} });
    expect(own).toMatchObject({ status: 409, body: { error: 'adjustment_own' } });
    const agreed = await Promise.all(
      [1, 2, 3].map(() =>
        api.call(`POST /admin/wallet-adjustments/${id}/approve`, { token: approver, body: {} }),
      ),
    );
    expect(agreed.map(({ status }) => status).sort((a, b) => a - b)).toEqual([200, 409, 409]);
    expect(await walletOf(customerId)).toMatchObject({ coin: 6_001 });
    stand.clock.advance(DAY_MS);
    expect(await ask(10_000)).toMatchObject({ status: 201 });
  });

  test('nobody adjusts their own wallet alone, agrees to that, or gives up what they owe', async () => {
    const me = newId('usr');
    const own = clerk(me, 'wallet.adjust', 'wallet.approve', 'wallet.write');
    const ask = (token: string) =>
      api.call('POST /admin/wallet-adjustments', {
        token,
        body: { customerId: me, amount: 1, reason: 'a gift' },
      });
    const agree = (id: string, token: string) =>
      api.call(`POST /admin/wallet-adjustments/${id}/approve`, { token, body: {} });
    const mine = await ask(own);
    expect(mine).toMatchObject({ status: 202, body: { data: { status: 'requested' } } });
    expect((await agree(mine.body.data.id, own)).body.error).toBe('adjustment_own');

    const adjuster = newAdjuster();
    const wish = { customerId: me, amount: 10_001, reason: 'a favour' };
    const favour = await api.call('POST /admin/wallet-adjustments', { token: adjuster, body: wish });
    const refused = await agree(favour.body.data.id, own);
    expect(refused).toMatchObject({ status: 409, body: { error: 'adjustment_own' } });
    expect(await walletOf(me)).toMatchObject({ coin: 0 });
    expect((await agree(favour.body.data.id, approver)).status).toBe(200);

    const origin = await stand.credit(me, { paid: 500 });
    await stand.tx((tx) => stand.wallets.spend(tx, stand.spending(me, 10_501)));
    const lost = { customerId: me, origin, cause: newId('tkb'), purpose: { type: 'order', id: origin } };
    await stand.tx((tx) =>
      stand.wallets.takeBack(tx, { ...lost, by: MINT, paid: 500, gift: 0, shortfall: 'receivable' }),
    );
    const owed = await api.call(`GET /admin/wallet-receivables?customerId=${me}`, { token: approver });
    const path = `/admin/wallet-receivables/${owed.body.data.items[0].id}/waive`;
    const waived = await api.call(`POST ${path}`, { token: own, body: { note: 'goodwill' } });
    expect(waived).toMatchObject({ status: 409, body: { error: 'receivable_own' } });
    expect(await walletOf(me)).toMatchObject({ owedCoin: 500 });
  });

  test('an adjustment that was refused changes nothing, and who asked may take it back', async () => {
    const adjuster = newAdjuster('usr_hasty');
    const customerId = newId('usr');
    const body = { customerId, amount: 99_999, reason: 'a slip of the finger' };
    const waiting = await api.call('POST /admin/wallet-adjustments', { token: adjuster, body });
    const { id } = waiting.body.data;
    const rejected = await api.call(`POST /admin/wallet-adjustments/${id}/reject`, {
      token: adjuster,
      body: { note: 'two zeros too many' },
    });
    expect(rejected.body.data).toMatchObject({ status: 'rejected', decidedBy: 'usr_hasty' });
    const late = await api.call(`POST /admin/wallet-adjustments/${id}/approve`, {
      token: approver,
      body: {},
    });
    expect(late.status).toBe(409);
    expect(await walletOf(customerId)).toMatchObject({ coin: 0 });
    const list = await api.call(`GET /admin/wallet-adjustments?customerId=${customerId}`, {
      token: approver,
    });
    expect(list.body.data.items).toHaveLength(1);
  });

  test('an adjustment is for a customer who is there, has a reason, and takes nothing below zero', async () => {
    const adjuster = newAdjuster();
    const ask = (body: object) => api.call('POST /admin/wallet-adjustments', { token: adjuster, body });
    expect((await ask({ customerId: 'usr_nobody', amount: 5, reason: 'x' })).status).toBe(404);
    const customerId = newId('usr');
    expect((await ask({ customerId, amount: 0, reason: 'x' })).status).toBe(400);
    expect((await ask({ customerId, amount: 5, reason: ' ' })).status).toBe(400);
    expect((await ask({ customerId, amount: 5, currency: 'CNY', bucket: 'gift', reason: 'x' })).status).toBe(
      400,
    );
    const below = await ask({ customerId, amount: -5, reason: 'x' });
    expect(below).toMatchObject({ status: 409, body: { error: 'insufficient_balance' } });
  });

  test('what staff has done to a wallet stands in the audit log', async () => {
    const adjuster = newAdjuster('usr_kind');
    const customerId = newId('usr');
    const body = { customerId, amount: 5, reason: 'a kindness' };
    const { body: made } = await api.call('POST /admin/wallet-adjustments', { token: adjuster, body });
    const rows = await stand.db.query
      .selectFrom('audit_entries')
      .select(['action', 'actor_id'])
      .where('target_id', '=', made.data.id)
      .execute();
    expect(rows).toEqual([{ action: 'wallet_adjustment.request', actor_id: 'usr_kind' }]);
    const statement = await api.call(`GET /admin/wallets/${customerId}/transactions`, { token: approver });
    expect(statement.body.data.items[0]).toMatchObject({ type: 'adjustment', actor: { id: 'usr_kind' } });
  });
});
