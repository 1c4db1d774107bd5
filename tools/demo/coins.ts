/** Coins: packages, orders through Alipay, what the shop's back end spends, what goes back, what expires; over HTTP only. */

import type { Stage } from './cast.ts';
import { playPutting } from './coins/adjust.ts';
import { buyByCode, buyByPage, playPods, refuseStrangers } from './coins/buy.ts';
import { openCoins } from './coins/shop.ts';
import { playGiftExpiry, playRefunds, playSpending } from './coins/spend.ts';
import type { ShopFolder } from './shop-process.ts';

export async function playCoins(stage: Stage, folder: ShopFolder): Promise<void> {
  await folder.open();
  const shop = await openCoins(stage);
  const pods = await playPods(stage, shop);
  const first = await buyByCode(stage, shop, pods);
  const second = await buyByPage(stage, shop, pods);
  await refuseStrangers(stage, shop, first);
  await playSpending(stage, shop);
  await playRefunds(stage, shop, first, second);
  await playPutting(stage, shop);
  await playGiftExpiry(stage, shop, folder);
}
