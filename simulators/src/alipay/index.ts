import type { FastifyInstance } from 'fastify';
import type { ControlRoute } from '../control/route.ts';
import type { Journal } from '../journal.ts';
import { BILL_TABLES, createBillLinks } from './bill-links.ts';
import { type AlipayContext, PROVIDER } from './context.ts';
import { type AlipayControl, createAlipayControl } from './control.ts';
import { alipayRoutes } from './control-routes.ts';
import { createAlipayListener } from './listener.ts';
import { loadMaterial } from './material.ts';
import { createNotificationChannel } from './notifications.ts';
import { ALIPAY_FAULTS } from './operations.ts';
import { registerPaymentTasks } from './payments.ts';
import { registerRefundTasks } from './refund-trade.ts';
import { createRefunds, REFUND_TABLES } from './refunds.ts';
import { createAlipaySettings } from './settings.ts';
import { createTrades, TRADE_TABLES } from './trades.ts';

export type { AlipayControl } from './control.ts';

export type AlipayDependencies = Omit<
  AlipayContext,
  'settings' | 'holder' | 'trades' | 'refunds' | 'links'
> & { dataDir: string | undefined; journal: Journal };

/** The simulated Alipay: its listener, its part of the control API, and its tables for a reset. */
export interface Alipay {
  listener: FastifyInstance;
  control: AlipayControl;
  routes: ControlRoute[];
  tables: readonly string[];
  reset(): void;
}

export async function createAlipay(dependencies: AlipayDependencies): Promise<Alipay> {
  const { store, clock, faults, notifier } = dependencies;
  const settings = createAlipaySettings(store);
  const context: AlipayContext = {
    ...dependencies,
    settings,
    holder: await loadMaterial(dependencies.dataDir, clock.now()),
    trades: createTrades(store, clock),
    refunds: createRefunds(store),
    links: createBillLinks(store),
  };
  faults.register(PROVIDER, ALIPAY_FAULTS);
  notifier.register(PROVIDER, createNotificationChannel(context));
  registerPaymentTasks(context);
  registerRefundTasks(context);
  const control = createAlipayControl(context);
  return {
    listener: createAlipayListener(context, dependencies.journal),
    control,
    routes: alipayRoutes(control),
    tables: [...TRADE_TABLES, ...REFUND_TABLES, ...BILL_TABLES],
    reset: () => settings.reset(),
  };
}
