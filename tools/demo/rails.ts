/** Every rail: bought and refunded on a day that is over, then that day's bills against the books. */
import type { Stage } from './cast.ts';
import { askForRefunds, buyEverywhere, seeRefundsEnd } from './rails/buy.ts';
import { playBankTransfer, playCash } from './rails/by-hand.ts';
import { reconcileDay } from './rails/reconcile.ts';
import { openShop } from './rails/shop.ts';
import type { ShopFolder } from './shop-process.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/** The day before yesterday at noon in China: the same date there as in Greenwich, and every bill of it is there. */
function noonOfADayThatIsOver(): { readonly date: string; readonly at: number } {
  const date = new Date(Date.now() - 2 * DAY_MS).toISOString().slice(0, 10);
  return { date, at: Date.parse(`${date}T12:00:00+08:00`) };
}

export async function playRails(stage: Stage, folder: ShopFolder): Promise<void> {
  const { date, at } = noonOfADayThatIsOver();
  console.log(`\nThe shop and the simulated providers live on ${date}.\n`);
  await folder.open({ clockShiftMs: at - Date.now() });
  const shop = await openShop(stage);
  const sales = await buyEverywhere(stage, shop);
  const asked = await askForRefunds(stage, shop, sales);
  const transfer = await playBankTransfer(stage, shop);
  await playCash(stage, shop);
  await seeRefundsEnd(stage, shop, asked);
  await folder.close();
  console.log('\nTwo days later: everybody is started again with the real time, and the bills are there.\n');
  // The daily job would look at the bills too.
  await folder.open({ hasWorker: false });
  await reconcileDay(stage, folder, { date, sales, transfer });
}
