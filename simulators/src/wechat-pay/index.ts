import type { FastifyInstance } from 'fastify';
import type { ControlRoute } from '../control/route.ts';
import type { Journal } from '../journal.ts';
import { BILL_TABLES, createBills } from './bill-files.ts';
import { PROVIDER, type WeChatPayContext } from './context.ts';
import { createWeChatPayControl, type WeChatPayControl } from './control.ts';
import { weChatPayRoutes } from './control-routes.ts';
import { createKeyRing, createWeChatPaySettings } from './key-ring.ts';
import { createWeChatPayListener } from './listener.ts';
import { loadMaterial } from './material.ts';
import { createNotificationChannel } from './notifications.ts';
import { WECHAT_PAY_FAULTS } from './operations.ts';
import { registerPaymentTasks } from './payments.ts';
import { registerRefundTasks } from './refund-trade.ts';
import { createRefunds, refundTables } from './refunds.ts';
import { createTrades, tradeTables } from './trades.ts';

export type { WeChatPayControl } from './control.ts';

const TABLE_PREFIX = 'wechat_pay';

export type WeChatPayDependencies = Omit<
  WeChatPayContext,
  | ('settings' | 'ring' | 'trades' | 'refunds' | 'bills')
  | ('provider' | 'refundSettleMs' | 'platformRefundNotifyUrl')
> & {
  dataDir: string | undefined;
  journal: Journal;
};

/** The simulated WeChat Pay v3: its listener, its part of the control API, and its tables for a reset. */
export interface WeChatPay {
  listener: FastifyInstance;
  control: WeChatPayControl;
  routes: ControlRoute[];
  tables: readonly string[];
  reset(): void;
}

export async function createWeChatPay(dependencies: WeChatPayDependencies): Promise<WeChatPay> {
  const { store, clock, faults, notifier } = dependencies;
  const settings = createWeChatPaySettings(store);
  const holder = await loadMaterial(dependencies.dataDir, clock.now());
  const context: WeChatPayContext = {
    ...dependencies,
    provider: PROVIDER,
    refundSettleMs: () => settings.current().refundSettleMs,
    platformRefundNotifyUrl: () => settings.current().platformRefundNotifyUrl,
    settings,
    ring: createKeyRing(holder, settings),
    trades: createTrades(store, clock, TABLE_PREFIX),
    refunds: createRefunds(store, TABLE_PREFIX),
    bills: createBills(store),
  };
  faults.register(PROVIDER, WECHAT_PAY_FAULTS);
  notifier.register(PROVIDER, createNotificationChannel(context));
  registerPaymentTasks(context);
  registerRefundTasks(context);
  const control = createWeChatPayControl(context, holder);
  return {
    listener: createWeChatPayListener(context, dependencies.journal),
    control,
    routes: weChatPayRoutes(control),
    tables: [...tradeTables(TABLE_PREFIX), ...refundTables(TABLE_PREFIX), ...BILL_TABLES],
    reset: () => settings.reset(),
  };
}
