/** The people of the story of coins, and what they can look at. */
import { logInStaff, logInThroughWechat, type Stage } from '../cast.ts';

export interface CoinShop {
  readonly staff: string;
  /** A second person, for what one alone may not do. */
  readonly second: string;
  readonly buyer: string;
  readonly buyerId: string;
  /** What the buyer has, as they read it. */
  wallet(): Promise<Wallet>;
}

export interface Wallet {
  readonly coin: number;
  readonly giftCoin: number;
  readonly heldCoin: number;
  readonly storeCredit: readonly { readonly currency: string; readonly balance: number }[];
}

/** What is shown of hundredths. */
export const inCoins = (hundredths: number): string => (hundredths / 100).toFixed(2);

export function show({ coin, giftCoin, heldCoin }: Wallet): string {
  return `${inCoins(coin)} coins, ${inCoins(giftCoin)} given, ${inCoins(heldCoin)} held`;
}

async function addSecondPerson(stage: Stage, token: string): Promise<string> {
  const password = `second-${stage.adminPassword}`;
  const body = { username: 'second', password, role: 'administrator' };
  await stage.shop('POST /admin/staff', { token, body });
  return logInStaff(stage, 'second', password);
}

export async function openCoins(stage: Stage): Promise<CoinShop> {
  const { shop, step } = stage;
  const staff = await step('two people of the staff log in', async () => {
    const first = await logInStaff(stage, 'admin', stage.adminPassword);
    return [{ first, second: await addSecondPerson(stage, first) }, 'admin, second'];
  });
  const buyer = await step('a customer logs in through WeChat', async () => {
    const { token } = await logInThroughWechat(stage);
    const { id } = await shop<{ id: string }>('GET /users/me', { token });
    return [{ token, id }, id];
  });
  return {
    ...{ staff: staff.first, second: staff.second, buyer: buyer.token, buyerId: buyer.id },
    wallet: () => shop<Wallet>('GET /wallet', { token: buyer.token }),
  };
}
