/** Makes the modules, and hands each what it asks of the others. */
import type { GatewayRegistry } from '../gateways/registry.ts';
import { type Config, publicUrlOf } from '../kernel/config/index.ts';
import { createKeyedHash, createSealer } from '../kernel/crypto.ts';
import { createAlerts } from '../modules/alerts/index.ts';
import { createAudit } from '../modules/audit/index.ts';
import { createCatalog, readSellable, resolveVariant } from '../modules/catalog/index.ts';
import { createDoctor } from '../modules/doctor/index.ts';
import {
  createIdentity,
  hasAccount,
  openidsOf,
  readAddress,
  readDefaultAddress,
} from '../modules/identity/index.ts';
import { createInventory } from '../modules/inventory/index.ts';
import { acceptInvite } from '../modules/invites/index.ts';
import { createLedger } from '../modules/ledger/index.ts';
import { createNotifications } from '../modules/notifications/index.ts';
import { createOperations } from '../modules/operations/index.ts';
import { createOrders, type Fulfiller, findBuyers, type VirtualKind } from '../modules/orders/index.ts';
import { BOOKS, createPayments, isOffered, type PurposeOwner } from '../modules/payments/index.ts';
import { createReconciliation, toBillSource } from '../modules/reconciliation/index.ts';
import { createRisk, createRiskAssessor } from '../modules/risk/index.ts';
import { createWallets } from '../modules/wallet/index.ts';
import { createHostedAuthenticate, createWechat, createWechatOpenApi } from '../modules/wechat/index.ts';
import type { Kernel } from '../open-kernel.ts';
import type { OperatorRegistry } from '../operators/registry.ts';
import { createHandBooks, handBills } from './hand-books.ts';
import { createVirtualGoods } from './virtual-goods.ts';

const OUTBOUND_TIMEOUT_MS = 10_000;

/** What stands around the program. */
export interface Surroundings {
  /** The simulated phone, where there is one. */
  readonly phoneUrl: string | null;
}

/** Whom the configuration names. */
export interface Providers {
  readonly gateways: GatewayRegistry;
  readonly operators: OperatorRegistry;
}

type Sale = Parameters<typeof isOffered>[1];

function methodsFor(gateways: GatewayRegistry, sale: Sale) {
  return gateways.gateways
    .flatMap(({ capabilities }) => capabilities.methods)
    .filter((method) => isOffered(method, sale));
}

/** Directly with WeChat Pay where there is a merchant for it, unless its notifications could not reach us. */
function payMethodInWechat(gateways: GatewayRegistry, { wechat }: Config): 'wechat_jsapi' | 'wechat_cloud' {
  const isCloudOffered = gateways.byMethod('wechat_cloud') !== undefined;
  const isDirectOffered = gateways.byMethod('wechat_jsapi') !== undefined;
  return isCloudOffered && (wechat.hostedLogin.isHosted || !isDirectOffered)
    ? 'wechat_cloud'
    : 'wechat_jsapi';
}

/** Every module, wired; those that compose.ts itself asks for are named. */
export function createModules(
  kernel: Kernel,
  config: Config,
  { gateways, operators }: Providers,
  { phoneUrl }: Surroundings,
) {
  const { db, clock, log, outbound, subscribers } = kernel;
  const owners = new Map<string, PurposeOwner>();
  const fulfillers = new Map<VirtualKind, Fulfiller>();
  const identity = createIdentity({ db, clock, log, config, acceptInvite, findBuyers });
  const ledger = createLedger({ db, clock });
  const wallets = createWallets({ db, clock, ledger, config: config.wallet, hasAccount });
  const payments = createPayments({
    ...{ db, clock, log, ledger, gateways, owners },
    creditCustomer: (tx, credit) => wallets.creditRefund(tx, credit),
    publicUrl: publicUrlOf(config),
    outboundTimeoutMs: OUTBOUND_TIMEOUT_MS,
    returnOrigins: config.http.corsOrigins,
    ...{ holds: config.payments, originKeptMs: config.originKeptMs },
    hashDevice: createKeyedHash(config.secrets.app, 'device'),
    review: createRiskAssessor({ config: config.risk, secret: config.secrets.app }),
    onNotification: kernel.metrics.observeNotification,
  });
  const orders = createOrders({
    ...{ db, clock, payments, fulfillers },
    ...{ config: config.orders, originKeptMs: config.originKeptMs },
    catalog: { readSellable },
    addresses: { readAddress, readDefaultAddress, openidsOf },
    methodsFor: ({ total, ...order }) =>
      methodsFor(gateways, { ...order, ...(total !== undefined && { amount: total }) }),
  });
  owners.set(orders.purposeOwner.type, orders.purposeOwner);
  const openApi = createWechatOpenApi({
    ...{ db, clock, log, outbound },
    apps: config.wechat.apps,
    baseUrl: config.wechat.apiBaseUrl,
    sealer: createSealer(config.secrets.app, 'wechat'),
  });
  const shopSettings = {
    currency: config.shop.currency,
    payExpireMs: config.orders.payExpireMs,
    methods: methodsFor(gateways, { kind: 'goods', currency: config.shop.currency }).map(
      ({ method }) => method,
    ),
    simulators: phoneUrl === null ? null : { phoneUrl },
  };
  const alerts = createAlerts({ db, log });
  const reconciliation = createReconciliation({
    ...{ db, clock, log, ledger, payments, books: BOOKS },
    sources: [
      ...gateways.gateways.flatMap((gateway) => toBillSource(gateway) ?? []),
      ...handBills(db, config),
    ],
  });
  const modules = [
    ...[identity, ledger, wallets, payments, orders, alerts, createAudit({ db })],
    createCatalog({ db, currency: config.shop.currency }),
    createInventory({ db, clock, config: config.stock, catalog: { readSellable, resolveVariant } }),
    createRisk({ db, clock, config: config.risk, originKeptMs: config.originKeptMs, payments }),
    createDoctor({ db, databaseUrl: config.database.url }),
    createWechat({
      ...{ db, clock, identity, orders, payments, openApi },
      config: config.wechat,
      payMethod: payMethodInWechat(gateways, config),
    }),
    createOperations({ db, settings: shopSettings }),
    ...createVirtualGoods({ kernel, config, wallets, orders, payments, operators, fulfillers }),
    createNotifications({ db, clock, subscribers }),
    ...createHandBooks({ kernel, config, ledger, payments }),
    reconciliation,
  ];
  const authenticate = createHostedAuthenticate(identity, config.wechat);
  return { modules, identity, authenticate, alerts, reconciliation };
}

/** Any of them. */
export type Module = ReturnType<typeof createModules>['modules'][number];
