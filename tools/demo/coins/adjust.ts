/** Staff puts a wallet right: small things alone, large ones with a second person. */
import type { Stage } from '../cast.ts';
import { refused } from '../http.ts';
import { type CoinShop, show } from './shop.ts';

interface Adjustment {
  readonly id: string;
  readonly status: string;
}

export async function playPutting({ shop, step }: Stage, coins: CoinShop): Promise<void> {
  const { staff: token, second, buyerId: customerId } = coins;
  const ask = (amount: number, more: object = {}) =>
    shop<Adjustment>('POST /admin/wallet-adjustments', {
      token,
      body: { customerId, amount, reason: 'a lesson fell out', ...more },
    });
  await step('staff adds 15.00 as a gift', async () => {
    const { status } = await ask(1_500, {
      bucket: 'gift',
      expiresAt: new Date(Date.now() + 30 * 24 * 3_600_000).toISOString(),
    });
    return [undefined, `${status}; ${show(await coins.wallet())}`];
  });
  const waiting = await step('2,000.00 are above the limit of a day', async () => {
    const adjustment = await ask(200_000);
    return [adjustment, adjustment.status];
  });
  const approve = (by: string) =>
    shop<Adjustment>(`POST /admin/wallet-adjustments/${waiting.id}/approve`, { token: by, body: {} });
  await step('who asked may not agree', async () => {
    return [undefined, await refused(approve(token), 'adjustment_own')];
  });
  await step('somebody else does', async () => {
    const { status } = await approve(second);
    return [undefined, `${status}; ${show(await coins.wallet())}`];
  });
}
