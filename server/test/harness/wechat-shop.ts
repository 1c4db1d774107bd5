/** The wired program on a database of its own, with WeChat and WeChat Pay played by the simulators over real sockets. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Simulators, startSimulators } from '../../../simulators/src/index.ts';
import { compose } from '../../src/compose.ts';
import { createFakeClock, type FakeClock } from '../../src/kernel/clock.ts';
import { loadConfig } from '../../src/kernel/config/index.ts';
import type { Db } from '../../src/kernel/db/index.ts';
import { silentLogger } from '../../src/kernel/log/index.ts';
import { openKernel } from '../../src/open-kernel.ts';
import { createCaller, type TestAnswer, type TestApi } from './api.ts';
import { createTestDatabase } from './database.ts';

const ADMIN_PASSWORD = 'correct horse';
const PRICE = 9_900;

export type Payer = ReturnType<Simulators['payers']['create']>;

/** Somebody who has logged in through WeChat. */
export interface Customer {
  readonly payer: Payer;
  readonly userId: string;
  readonly token: string;
}

export interface WechatShop extends Pick<TestApi, 'call'> {
  readonly db: Db;
  readonly clock: FakeClock;
  readonly simulators: Simulators;
  /** Of the mini program and of the official account. */
  readonly miniProgram: string;
  readonly officialAccount: string;
  /** The access token of the administrator. */
  readonly admin: string;
  /** A fresh code of the payer, as the app gets it. */
  codeOf(payer: Payer, appid?: string): string;
  logIn(payer: Payer, appid?: string): Promise<TestAnswer>;
  /** A new person who has logged in, with a default address unless told otherwise. */
  newCustomer(options?: { readonly hasAddress?: boolean; readonly appid?: string }): Promise<Customer>;
  /** A product with so many variants, ten units of each at 99.00 CNY; `null` counts no stock. */
  newProduct(options?: {
    readonly variants?: number;
    readonly onHand?: number;
    readonly currency?: string;
    readonly requiresShipping?: boolean;
  }): Promise<{ readonly id: string; readonly variantIds: readonly string[] }>;
  close(): Promise<void>;
}

function environmentOf(simulators: Simulators, databaseUrl: string, folder: string, more: object) {
  const merchant = simulators.wechatPay.merchant();
  return {
    NODE_ENV: 'test',
    DATABASE_URL: databaseUrl,
    DATA_DIR: folder,
    PUBLIC_URL: 'https://shop.example.test',
    ADMIN_PASSWORD,
    SIMULATORS: 'off',
    // Tests move the clock further than a token lives.
    JWT_EXPIRES_IN: '30d',
    WX_APPID: JSON.stringify(merchant.apps),
    WX_API_BASE_URL: simulators.wechatOpenUrl,
    WX_PAY_MCHID: merchant.mchid,
    WX_PAY_MERCHANT_SERIAL_NO: merchant.merchantSerialNo,
    WX_PAY_PRIVATE_KEY: merchant.merchantPrivateKeyPem,
    WX_PAY_API_V3_KEY: merchant.apiV3Key,
    WX_PAY_PUBLIC_KEY_ID: merchant.publicKeyId,
    WX_PAY_PUBLIC_KEY: merchant.publicKeyPem,
    WX_PAY_BASE_URL: simulators.wechatPayUrl,
    ...more,
  };
}

/** Opens it; `settings` are environment names on top of the usual ones. */
export async function openWechatShop(settings: Readonly<Record<string, string>> = {}): Promise<WechatShop> {
  const clock = createFakeClock(Date.parse('2026-11-20T12:00:00Z'));
  const folder = mkdtempSync(join(tmpdir(), 'suanpan-shop-'));
  const database = await createTestDatabase();
  const simulators = await startSimulators({ delivery: 'manual', now: clock.now });
  const config = loadConfig(environmentOf(simulators, database.url, folder, settings), folder);
  const kernel = await openKernel({ config, clock, log: silentLogger, rehearse: true });
  const application = await compose(kernel, config, { phoneUrl: null });
  await application.http.ready();
  const { call } = createCaller(application.http);
  await application.identity.ensureAdministrator(ADMIN_PASSWORD);
  const session = await call('POST /users/login', {
    body: { identifier: 'admin', password: ADMIN_PASSWORD },
  });
  const admin = session.body.data.tokens.accessToken as string;
  const [miniProgram, officialAccount] = config.wechat.apps.map(({ appid }) => appid) as [string, string];

  const shop: WechatShop = {
    ...{ call, db: kernel.db, clock, simulators, miniProgram, officialAccount, admin },
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
        token: admin,
        body: {
          name: `Tea ${Math.random().toString(36).slice(2)}`,
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
    async close() {
      await application.close();
      await kernel.close();
      await simulators.close();
      await database.drop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return shop;
}
