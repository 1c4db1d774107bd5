import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { type AlipayControl, createAlipay } from './alipay/index.ts';
import { type BankControl, createBank } from './bank/index.ts';
import { addBankPage } from './bank/serve.ts';
import { createClock } from './clock.ts';
import { createControlServer } from './control/server.ts';
import { createSharedControl, type SharedControl } from './control/shared.ts';
import { sharedRoutes } from './control/shared-routes.ts';
import { createFaults, FAULT_TABLES } from './faults.ts';
import { createJournal, JOURNAL_TABLES } from './journal.ts';
import { createNotifier, NOTIFIER_TABLES } from './notifier.ts';
import { createPayers, PAYER_TABLES } from './payers.ts';
import { createPaypal, type PaypalControl } from './paypal/index.ts';
import { addPhonePage } from './phone/serve.ts';
import { createScheduler, SCHEDULER_TABLES } from './scheduler.ts';
import { createSettings, type Settings } from './settings.ts';
import { openStore } from './store.ts';
import { createStripe, type StripeControl } from './stripe/index.ts';
import { addStripePage } from './stripe/page.ts';
import { createUnitel, type UnitelControl } from './unitel/index.ts';
import { createWeChatCloud, type WeChatCloudControl } from './wechat-cloud/index.ts';
import { loadApps } from './wechat-identity/apps.ts';
import { createOpenids, OPENID_TABLES } from './wechat-identity/openids.ts';
import { createWeChatOpen, type WeChatOpenControl } from './wechat-open/index.ts';
import { createWeChatPay, type WeChatPayControl } from './wechat-pay/index.ts';

export type { Fault, FaultInput } from './faults.ts';
export type { NotificationView } from './notifier.ts';

export interface SimulatorOptions {
  /** Where state and generated keys live; without it everything is in memory and gone with the process. */
  dataDir?: string;
  /** 0, the default, takes any free port. */
  ports?: {
    control?: number;
    wechatPay?: number;
    wechatOpen?: number;
    alipay?: number;
    stripe?: number;
    paypal?: number;
    unitel?: number;
    wechatCloud?: number;
  };
  /** A loopback address; nothing else is accepted, for the control API asks nobody who they are. */
  host?: string;
  /** Divides every wait that a provider imposes. */
  timeScale?: number;
  strictNotifyUrl?: boolean;
  /** `manual`: only a flush sends notifications and settles what is due. */
  delivery?: Settings['delivery'];
  clockOffsetMs?: number;
  /** The base clock in epoch milliseconds, for tests that hold one. */
  now?: () => number;
}

/** Running simulators. The verbs are those of the control API, as functions. */
export interface Simulators extends SharedControl {
  controlUrl: string;
  wechatPayUrl: string;
  wechatOpenUrl: string;
  /** Alipay's `gateway.do` is below it. */
  alipayUrl: string;
  stripeUrl: string;
  paypalUrl: string;
  /** Unitel's `/api/v1` is below it. */
  unitelUrl: string;
  /** Stands for `http://api.weixin.qq.com` inside a container. */
  wechatCloudUrl: string;
  wechatPay: WeChatPayControl;
  wechatOpen: WeChatOpenControl;
  bank: BankControl;
  alipay: AlipayControl;
  stripe: StripeControl;
  paypal: PaypalControl;
  unitel: UnitelControl;
  wechatCloud: WeChatCloudControl;
  /** Stops sending and listening; state in a data folder stays. */
  close(): Promise<void>;
}

const LOOPBACK = ['127.0.0.1', '::1', 'localhost'];

/**
 * Starts one listener for each provider and one for the control API and the phone page.
 * Throws `EADDRINUSE` when a port that was asked for is taken.
 */
export async function startSimulators(options: SimulatorOptions = {}): Promise<Simulators> {
  const host = options.host ?? '127.0.0.1';
  if (!LOOPBACK.includes(host)) {
    throw new Error(`The simulators listen on loopback only, not on ${host}.`);
  }
  const parts = await createParts(options);
  const { shared, wechatPay, wechatOpen, alipay, stripe, paypal, unitel, wechatCloud } = parts;
  const providers = [wechatPay, wechatOpen, alipay, stripe, paypal, unitel, wechatCloud];
  const control = createControlServer(
    [...sharedRoutes(shared), ...parts.bank.routes, ...providers.flatMap(({ routes }) => routes)],
    () => ({
      name: 'suanpan-simulators',
      ...parts.addresses,
      settings: shared.settings.current(),
      clock: shared.clockView(),
    }),
  );
  addPhonePage(control);
  addBankPage(control);
  addStripePage(control);
  const listeners = [control, ...providers.map(({ listener }) => listener)];

  async function close(): Promise<void> {
    await Promise.all(listeners.map((listener) => listener.close()));
    await parts.scheduler.stop();
    parts.store.close();
  }

  const { ports = {} } = options;
  try {
    parts.addresses.control = await listen(control, host, ports.control ?? 0);
    parts.addresses.wechatPay = await listen(wechatPay.listener, host, ports.wechatPay ?? 0);
    parts.addresses.wechatOpen = await listen(wechatOpen.listener, host, ports.wechatOpen ?? 0);
    parts.addresses.alipay = await listen(alipay.listener, host, ports.alipay ?? 0);
    parts.addresses.stripe = await listen(stripe.listener, host, ports.stripe ?? 0);
    parts.addresses.paypal = await listen(paypal.listener, host, ports.paypal ?? 0);
    parts.addresses.unitel = await listen(unitel.listener, host, ports.unitel ?? 0);
    parts.addresses.wechatCloud = await listen(wechatCloud.listener, host, ports.wechatCloud ?? 0);
  } catch (error) {
    await close();
    throw error;
  }
  parts.scheduler.start();
  return {
    ...shared,
    controlUrl: parts.addresses.control,
    wechatPayUrl: parts.addresses.wechatPay,
    wechatOpenUrl: parts.addresses.wechatOpen,
    alipayUrl: parts.addresses.alipay,
    stripeUrl: parts.addresses.stripe,
    paypalUrl: parts.addresses.paypal,
    unitelUrl: parts.addresses.unitel,
    wechatCloudUrl: parts.addresses.wechatCloud,
    wechatPay: wechatPay.control,
    wechatOpen: wechatOpen.control,
    bank: parts.bank.control,
    alipay: alipay.control,
    stripe: stripe.control,
    paypal: paypal.control,
    unitel: unitel.control,
    wechatCloud: wechatCloud.control,
    close,
  };
}

async function createParts(options: SimulatorOptions) {
  const { dataDir } = options;
  const store = openStore(dataDir);
  const settings = createSettings(store, initialSettings(options));
  const clock = createClock(store, settings, { now: options.now, offsetMs: options.clockOffsetMs });
  const scheduler = createScheduler(store, clock, settings);
  const faults = createFaults(store);
  const journal = createJournal(store, clock);
  const notifier = createNotifier({ store, clock, faults, scheduler });
  const payers = createPayers(store, clock);
  const openids = createOpenids(store, payers, loadApps(dataDir));
  const addresses = {
    control: '',
    wechatPay: '',
    wechatOpen: '',
    alipay: '',
    stripe: '',
    paypal: '',
    unitel: '',
    wechatCloud: '',
  };
  const base = { store, clock, faults, scheduler, notifier, payers, openids, journal, dataDir };
  const place = {
    strictNotifyUrl: () => settings.current().strictNotifyUrl,
    addresses: () => addresses,
  };
  const [wechatPay, alipay] = await Promise.all([
    createWeChatPay({ ...base, ...place }),
    createAlipay({ ...base, ...place }),
  ]);
  const wechatOpen = createWeChatOpen(base);
  const bank = createBank(store, clock);
  const stripe = createStripe({ ...base, addresses: () => addresses });
  const paypal = await createPaypal({ ...base, baseUrl: () => addresses.paypal });
  const unitel = createUnitel({ ...base, baseUrl: () => addresses.unitel });
  const wechatCloud = createWeChatCloud({
    ...base,
    addresses: () => addresses,
    baseUrl: () => addresses.wechatCloud,
  });
  const neutral = [
    ...FAULT_TABLES,
    ...JOURNAL_TABLES,
    ...NOTIFIER_TABLES,
    ...PAYER_TABLES,
    ...SCHEDULER_TABLES,
    ...bank.tables,
  ];

  function reset(): void {
    const providers = [wechatPay, wechatOpen, alipay, stripe, paypal, unitel, wechatCloud];
    store.clear([...neutral, ...OPENID_TABLES, ...providers.flatMap(({ tables }) => tables)]);
    faults.reset();
    settings.reset();
    clock.reset();
    wechatPay.reset();
    alipay.reset();
    paypal.reset();
    unitel.reset();
    wechatCloud.reset();
  }

  const shared = createSharedControl({
    ...{ settings, clock, faults, journal, notifier, scheduler, payers, reset },
    describePayer: (payer) => ({ ...payer, ...openids.describe(payer) }),
  });
  return {
    store,
    scheduler,
    shared,
    bank,
    wechatPay,
    wechatOpen,
    alipay,
    stripe,
    paypal,
    unitel,
    wechatCloud,
    addresses,
  };
}

function initialSettings(options: SimulatorOptions): Partial<Settings> {
  return {
    ...(options.timeScale === undefined ? {} : { timeScale: options.timeScale }),
    ...(options.strictNotifyUrl === undefined ? {} : { strictNotifyUrl: options.strictNotifyUrl }),
    ...(options.delivery === undefined ? {} : { delivery: options.delivery }),
  };
}

async function listen(app: FastifyInstance, host: string, port: number): Promise<string> {
  await app.listen({ host, port });
  const { port: bound } = app.server.address() as AddressInfo;
  return `http://${host.includes(':') ? `[${host}]` : host}:${bound}`;
}
