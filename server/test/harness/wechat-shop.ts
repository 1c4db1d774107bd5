/** The whole program as buyers inside WeChat use it: codes, logins, addresses and products for the tests of its routes. */
import type { Simulators } from '../../../simulators/src/index.ts';
import { randomCode } from '../../src/kernel/ids.ts';
import type { TestAnswer } from './api.ts';
import { startTestApp, type TestApp } from './app.ts';

const PRICE = 9_900;

export type Payer = ReturnType<Simulators['payers']['create']>;

/** Somebody who has logged in through WeChat. */
export interface Customer {
  readonly payer: Payer;
  readonly userId: string;
  readonly token: string;
}

export interface WechatShop extends TestApp {
  /** Of the mini program and of the official account. */
  readonly miniProgram: string;
  readonly officialAccount: string;
  /** A fresh code of the payer, as the app gets it. */
  codeOf(payer: Payer, appid?: string): string;
  logIn(payer: Payer, appid?: string): Promise<TestAnswer>;
  /** A new person who has logged in, with a default address unless told otherwise. */
  newCustomer(options?: { readonly hasAddress?: boolean; readonly appid?: string }): Promise<Customer>;
  /** A product with so many variants, ten units of each unless told otherwise, at 99.00. */
  newProduct(options?: {
    readonly variants?: number;
    readonly onHand?: number;
    readonly currency?: string;
    readonly requiresShipping?: boolean;
  }): Promise<{ readonly id: string; readonly variantIds: readonly string[] }>;
}

/** Opens it; `environment` is on top of the usual settings. */
export async function openWechatShop(
  environment: Readonly<Record<string, string>> = {},
): Promise<WechatShop> {
  const app = await startTestApp({ environment });
  const { call, simulators, config } = app;
  const [miniProgram, officialAccount] = config.wechat.apps.map(({ appid }) => appid) as [string, string];

  const shop: WechatShop = {
    ...app,
    ...{ miniProgram, officialAccount },
    codeOf: (payer, appid = miniProgram) =>
      simulators.wechatOpen.mintLoginCode({ payerId: payer.id, appid }).code,
    logIn: (payer, appid = miniProgram) =>
      call('POST /wechat/login', { body: { code: shop.codeOf(payer, appid), appid } }),
    async newCustomer({ hasAddress = true, appid } = {}) {
      const payer = simulators.payers.create();
      const { data } = (await shop.logIn(payer, appid)).body;
      const token = data.tokens.accessToken as string;
      if (hasAddress) {
        const body = { firstName: 'Mei', street1: '1 Tea Street', city: 'Hangzhou', country: 'CN' };
        await call('POST /users/me/addresses', { token, body });
      }
      return { payer, userId: data.user.id as string, token };
    },
    async newProduct({ variants = 1, onHand = 10, currency = 'CNY', requiresShipping = true } = {}) {
      const sizes = Array.from({ length: variants }, (_, index) => `size ${index + 1}`);
      const { body } = await call('POST /products', {
        token: app.adminToken,
        body: {
          name: `Tea ${randomCode(8)}`,
          status: 'active',
          currency,
          requiresShipping,
          options: variants === 1 ? [] : ['Size'],
          variants: sizes.map((size) => ({
            optionValues: variants === 1 ? [] : [size],
            unitPrice: PRICE,
            stock: { isTracked: true, onHand },
          })),
        },
      });
      const { id, variants: made } = body.data as { id: string; variants: { id: string }[] };
      return { id, variantIds: made.map((variant) => variant.id) };
    },
  };
  return shop;
}
