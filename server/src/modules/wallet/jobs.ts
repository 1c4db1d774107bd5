/** Jobs of wallets: holds that nobody ends, gifts whose time is over. */
import { z } from 'zod';
import { defineCron, defineJob } from '../../kernel/jobs/index.ts';

/** Coins that stay set aside are lost to their customer, so that it is never given up. */
export const holdExpiry = defineJob<{ holdId: string }>({
  name: 'wallet_hold.expire',
  version: 1,
  payload: z.object({ holdId: z.string() }),
  isMoney: true,
});

/** Whoever opens a wallet lets its gifts expire; this finds the wallets that nobody opens. */
export const giftExpiry = defineCron({ name: 'wallet_gift.expire', cron: '* * * * *', isMoney: true });
