/** Packages are made, and bought by Alipay's code and page. */
import { logInThroughWechat, SOON_MS, type Stage } from '../cast.ts';
import { refused, until } from '../http.ts';
import { type CoinShop, inCoins, show } from './shop.ts';

const COPIES = 49;
/** Readers let a provider be asked at most once in five seconds. */
const LOST_NOTIFICATION_MS = 60_000;

interface Pod {
  readonly id: string;
  readonly name: string;
  readonly coin: number;
  readonly giftCoin: number;
  readonly price: number;
}

export interface CoinOrder {
  readonly orderId: string;
  readonly outTradeNo: string;
  readonly isPaid: boolean;
  readonly paidTime: string | null;
  readonly amount: number;
  readonly status: string;
  readonly paymentStatus: string;
  readonly returnedCoin: number;
}

interface Started {
  readonly orderId: string;
  readonly outTradeNo: string;
  readonly qrCode?: string;
  readonly redirectUrl?: string;
}

export async function playPods({ shop, step }: Stage, { staff, buyer }: CoinShop): Promise<Pod[]> {
  await step('staff makes three packages', async () => {
    for (const body of [
      { name: '小份', coin: 1_000, price: 1_000 },
      { name: '大份', coin: 10_000, giftCoin: 2_000, giftDays: 30, price: 9_900 },
      { name: '停售', coin: 5_000, price: 100, status: 'inactive' },
    ]) {
      await shop('POST /admin/coin-pods', { token: staff, body });
    }
    return [undefined, '10.00, 100.00 + 20.00 given for 30 days, and one switched off'];
  });
  await step('and puts the large one first', async () => {
    const { items } = await shop<{ items: Pod[] }>('GET /admin/coin-pods', { token: staff });
    const large = items.find(({ name }) => name === '大份');
    await shop('PUT /admin/coin-pods/order', { token: staff, body: { podIds: [large?.id] } });
    return [undefined, '大份, 小份, 停售'];
  });
  return step('GET /coin/pods', async () => {
    const pods = await shop<Pod[]>('GET /coin/pods', { token: buyer });
    const shown = pods.map(({ name, coin, giftCoin, price }) => {
      return `${name} ${inCoins(coin)} + ${inCoins(giftCoin)} for ${inCoins(price)}`;
    });
    return [pods, shown.join('; ')];
  });
}

const readOrder = ({ shop }: Stage, { buyer }: CoinShop, orderId: string) =>
  shop<CoinOrder>(`GET /coin/order/${orderId}`, { token: buyer });

const order = ({ shop }: Stage, { buyer }: CoinShop, pod: Pod | undefined, method: string) =>
  shop<Started>('POST /coin/order', { token: buyer, body: { podId: pod?.id, method } });

/** Alipay tells of the payment fifty times, and the coins are credited once. */
export async function buyByCode(stage: Stage, shop: CoinShop, [large]: readonly Pod[]): Promise<CoinOrder> {
  const { control, step } = stage;
  const started = await step('POST /coin/order, method native', async () => {
    const placed = await order(stage, shop, large, 'native');
    return [placed, placed.qrCode ?? ''];
  });
  await step('the customer scans and pays', async () => {
    const params = { copies: COPIES, ms: 0 };
    const body = { provider: 'alipay', operation: 'notify', kind: 'duplicate', params };
    await control('POST /faults', { body });
    await control('POST /alipay/pay', { body: { qrCode: started.qrCode } });
    return [undefined, `Alipay tells of it ${COPIES + 1} times`];
  });
  const paid = await step('GET /coin/order/:id', async () => {
    const isPaid = (seen: CoinOrder) => seen.isPaid;
    const seen = await until(() => readOrder(stage, shop, started.orderId), isPaid, SOON_MS);
    return [seen, `isPaid, ${seen.status}, outTradeNo ${seen.outTradeNo}`];
  });
  await step('the coins are there, once', async () => {
    const wallet = await shop.wallet();
    if (wallet.coin !== 10_000 || wallet.giftCoin !== 2_000) {
      throw new Error(show(wallet));
    }
    return [undefined, show(wallet)];
  });
  return paid;
}

/** The notification is lost, and whoever reads the order lets Alipay be asked. */
export async function buyByPage(stage: Stage, shop: CoinShop, [, small]: readonly Pod[]): Promise<CoinOrder> {
  const { control, step } = stage;
  const started = await step('POST /coin/order, method web', async () => {
    const placed = await order(stage, shop, small, 'web');
    return [placed, (placed.redirectUrl ?? '').slice(0, 60)];
  });
  return step('paid, and the notification is lost', async () => {
    await control('POST /faults', { body: { provider: 'alipay', operation: 'notify', kind: 'drop' } });
    await control('POST /alipay/pay', { body: { redirectUrl: started.redirectUrl } });
    const isPaid = (seen: CoinOrder) => seen.isPaid;
    const seen = await until(() => readOrder(stage, shop, started.orderId), isPaid, LOST_NOTIFICATION_MS);
    return [seen, `a reader found out; ${show(await shop.wallet())}`];
  });
}

export async function refuseStrangers(stage: Stage, _shop: CoinShop, first: CoinOrder): Promise<void> {
  await stage.step("somebody else's order is not found", async () => {
    const { token } = await logInThroughWechat(stage);
    const answer = await refused(stage.shop(`GET /coin/order/${first.orderId}`, { token }), 'not_found');
    return [undefined, answer];
  });
}
