/** The shop's back end spends; money goes back with its coins; gifts end. */
import { logInStaff, SOON_MS, type Stage } from '../cast.ts';
import { refused, until } from '../http.ts';
import type { ShopFolder } from '../shop-process.ts';
import type { CoinOrder } from './buy.ts';
import { type CoinShop, inCoins, show, type Wallet } from './shop.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

interface Hold {
  readonly id: string;
}

export async function playSpending({ shop, step }: Stage, coins: CoinShop): Promise<void> {
  const { staff: token, buyerId: customerId } = coins;
  const held = await step('the back end holds 40.00', async () => {
    const body = { customerId, amount: 4_000, reference: 'lesson-1' };
    const hold = await shop<Hold>('POST /wallet/holds', { token, body, idempotencyKey: 'demo-hold-1' });
    return [hold, show(await coins.wallet())];
  });
  await step('and settles 25.00 of it, gifts first', async () => {
    await shop(`POST /wallet/holds/${held.id}/settle`, { token, body: { amount: 2_500 } });
    return [undefined, show(await coins.wallet())];
  });
  await step('another hold is released', async () => {
    const body = { customerId, amount: 1_000, reference: 'lesson-2' };
    const hold = await shop<Hold>('POST /wallet/holds', { token, body });
    await shop(`POST /wallet/holds/${hold.id}/release`, { token });
    return [undefined, show(await coins.wallet())];
  });
  await step('twenty payments of 19.00 at once', async () => {
    const pay = (index: number) =>
      shop('POST /wallet/spend', {
        token,
        body: { customerId, amount: 1_900, reference: `game-${index}` },
      });
    const answers = await Promise.allSettled(Array.from({ length: 20 }, (_, index) => pay(index)));
    const made = answers.filter(({ status }) => status === 'fulfilled').length;
    return [undefined, `${made} made, ${20 - made} refused; ${show(await coins.wallet())}`];
  });
}

/** The first order is spent; of the second, which is spent after it, what is left goes back. */
export async function playRefunds(
  stage: Stage,
  coins: CoinShop,
  first: CoinOrder,
  second: CoinOrder,
): Promise<void> {
  const { shop, step } = stage;
  const { staff: token } = coins;
  const refund = (orderId: string, body: object) =>
    shop(`POST /orders/${orderId}/refunds`, { token, body: { reason: 'no longer needed', ...body } });
  await step('what is spent is not refunded', async () => {
    return [undefined, await refused(refund(first.orderId, {}), 'coins_spent')];
  });
  await step('half of the other order is, by Alipay', async () => {
    await refund(second.orderId, { amount: second.amount / 2 });
    const seen = await until(
      () => shop<CoinOrder>(`GET /coin/order/${second.orderId}`, { token: coins.buyer }),
      ({ paymentStatus }) => paymentStatus === 'partially_refunded',
      SOON_MS,
    );
    return [undefined, `${seen.paymentStatus}, ${inCoins(seen.returnedCoin)} coins taken back`];
  });
  await step('and half as store credit, at once', async () => {
    await refund(second.orderId, { to: 'store_credit' });
    const wallet = await coins.wallet();
    const credit = wallet.storeCredit.map(({ currency, balance }) => `${inCoins(balance)} ${currency}`);
    return [undefined, `${credit.join()} of credit; ${show(wallet)}`];
  });
}

/** A month later: what was given for thirty days is over. */
export async function playGiftExpiry(stage: Stage, coins: CoinShop, folder: ShopFolder): Promise<void> {
  const { shop, step } = stage;
  await folder.close();
  console.log('\nForty days later: everybody is started again.\n');
  await folder.open({ clockShiftMs: 40 * DAY_MS });
  const token = await logInStaff(stage, 'admin', stage.adminPassword);
  await step('what was given for thirty days is over', async () => {
    const wallet = await shop<Wallet>(`GET /admin/wallets/${coins.buyerId}`, { token });
    if (wallet.giftCoin !== 0) {
      throw new Error(show(wallet));
    }
    return [undefined, show(wallet)];
  });
  await step('and leaves by a transfer of its own', async () => {
    const body = { customerId: coins.buyerId, amount: 100, reference: 'lesson-3' };
    await shop('POST /wallet/spend', { token, body });
    const route = `GET /admin/wallets/${coins.buyerId}/transactions?type=expiry`;
    const { items } = await shop<{ items: { gift: number; cause: string }[] }>(route, { token });
    const [line] = items;
    if (line === undefined) {
      throw new Error('the statement knows of no gift that has ended');
    }
    return [undefined, `${inCoins(line.gift)} given coins, ${line.cause}`];
  });
}
