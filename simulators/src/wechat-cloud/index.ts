import type { FastifyInstance } from 'fastify';
import type { ControlRoute } from '../control/route.ts';
import type { Journal } from '../journal.ts';
import { registerPaymentTasks } from '../wechat-pay/payments.ts';
import { registerRefundTasks } from '../wechat-pay/refund-trade.ts';
import { createRefunds, refundTables } from '../wechat-pay/refunds.ts';
import { createTrades, tradeTables } from '../wechat-pay/trades.ts';
import { PROVIDER, type WeChatCloudContext } from './context.ts';
import { createWeChatCloudControl, type WeChatCloudControl } from './control.ts';
import { weChatCloudRoutes } from './control-routes.ts';
import { createWeChatCloudListener } from './listener.ts';
import { loadMaterial } from './material.ts';
import { createCallbackChannel } from './notifications.ts';
import { WECHAT_CLOUD_FAULTS } from './operations.ts';
import { createWeChatCloudSettings } from './settings.ts';

export type { WeChatCloudControl } from './control.ts';

const TABLE_PREFIX = 'wechat_cloud';

export type WeChatCloudDependencies = Pick<
  WeChatCloudContext,
  'store' | 'clock' | 'faults' | 'scheduler' | 'notifier' | 'payers' | 'openids' | 'addresses'
> & {
  dataDir: string | undefined;
  journal: Journal;
  baseUrl: () => string;
};

/** WeChat Pay by cloud call, as a container of WeChat Cloud Hosting sees it. */
export interface WeChatCloud {
  listener: FastifyInstance;
  control: WeChatCloudControl;
  routes: ControlRoute[];
  tables: readonly string[];
  reset(): void;
}

export function createWeChatCloud(dependencies: WeChatCloudDependencies): WeChatCloud {
  const { store, clock, faults, notifier } = dependencies;
  const settings = createWeChatCloudSettings(store);
  const context: WeChatCloudContext = {
    ...dependencies,
    provider: PROVIDER,
    settings,
    material: loadMaterial(dependencies.dataDir),
    trades: createTrades(store, clock, TABLE_PREFIX),
    refunds: createRefunds(store, TABLE_PREFIX),
    refundSettleMs: () => settings.current().refundSettleMs,
    platformRefundNotifyUrl: () => null,
    // The callback goes inside the environment: no address of it can be one that WeChat would refuse.
    strictNotifyUrl: () => false,
  };
  faults.register(PROVIDER, WECHAT_CLOUD_FAULTS);
  notifier.register(PROVIDER, createCallbackChannel(context));
  registerPaymentTasks(context);
  registerRefundTasks(context);
  const control = createWeChatCloudControl(context, dependencies.baseUrl);
  return {
    listener: createWeChatCloudListener(context, dependencies.journal),
    control,
    routes: weChatCloudRoutes(control),
    tables: [...tradeTables(TABLE_PREFIX), ...refundTables(TABLE_PREFIX)],
    reset: () => settings.reset(),
  };
}
