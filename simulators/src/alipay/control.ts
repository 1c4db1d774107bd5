import { controlError } from '../control-error.ts';
import { type AlipayContext, materialOf } from './context.ts';
import { AlipayError } from './errors.ts';
import { requireTrade } from './find-trade.ts';
import { openOrder, productOf } from './listener.ts';
import { type PayRefusal, payTrade, scanTrade } from './payments.ts';
import { refundInConsole, settleRefund } from './refund-trade.ts';
import type { Refund } from './refunds.ts';
import type { AlipaySettings, AlipaySettingsHolder } from './settings.ts';
import type { Trade } from './trades.ts';

/** Everything Alipay would give a merchant, and the merchant's own key: what a client has to be configured with. */
export interface MerchantView {
  appId: string;
  sellerId: string;
  appPrivateKeyPem: string;
  keyMode: AlipaySettings['keyMode'];
  alipayPublicKeyPem: string;
  appCertificatePem: string;
  /** All of Alipay's, the newest first, in one text. */
  alipayCertificatesPem: string;
  rootCertificatesPem: string;
  gatewayUrl: string;
}

/** Names an order by any of the things a buyer is given; the first one present counts. */
export interface TradeReference {
  outTradeNo?: string | undefined;
  qrCode?: string | undefined;
  /** The signed address of a page; it is opened, as a browser would. */
  redirectUrl?: string | undefined;
  /** What the phone page was led to by such an address. */
  token?: string | undefined;
}

export interface PayInput extends TradeReference {
  /** Who pays; by default the first payer. */
  payerId?: string | undefined;
  /** Pay this much later on the simulated clock (shortened by the time scale). */
  afterMs?: number | undefined;
}

export interface PayResult {
  result: 'paid' | 'scheduled' | 'refused';
  /** Why Alipay refused the buyer; absent otherwise. */
  reason?: PayRefusal;
  trade: Trade;
}

/** What people and tests do to the simulated Alipay: the buyer's hand, and Alipay's own. */
export interface AlipayControl {
  merchant(): MerchantView;
  settings(): Readonly<AlipaySettings>;
  changeSettings: AlipaySettingsHolder['change'];
  /** Alipay signs with a new certificate from now on. */
  rotateCertificate(): Promise<{ serialNumber: string; pem: string }>;
  listTrades(limit?: number): Trade[];
  /** The order as it stands; nobody scans it by that. */
  findTrade(reference: TradeReference): Trade;
  /** The buyer scans or opens it and does not pay (yet). */
  scan(reference: TradeReference): { result: 'scanned' | 'refused'; reason?: PayRefusal; trade: Trade };
  pay(input: PayInput): PayResult;
  /** The buyer looks and goes away: the trade waits on. */
  refuse(reference: TradeReference): Trade;
  /** What happens months later: paid, and no more to be refunded. */
  finish(outTradeNo: string): Trade;
  listRefunds(outTradeNo?: string, limit?: number): Refund[];
  /** Ends a refund now that a fault plan holds back. */
  settleRefund(outTradeNo: string, outRequestNo: string): Refund;
  /** A refund made in the merchant's console, which the interface did not ask for. */
  refundInConsole(input: { outTradeNo: string; amount: number }): Refund;
}

export function createAlipayControl(context: AlipayContext): AlipayControl {
  const { trades, refunds, settings } = context;

  function resolve({ outTradeNo, qrCode, redirectUrl, token }: TradeReference): Trade {
    if (redirectUrl !== undefined) {
      return openAddress(context, redirectUrl);
    }
    if (outTradeNo !== undefined) {
      return requireTrade(context, outTradeNo);
    }
    const found = trades.findByToken(qrCode ?? token ?? '');
    if (found === undefined) {
      throw controlError(404, 'trade_not_found', 'Alipay never gave that out.');
    }
    return found;
  }

  return {
    merchant: () => describeMerchant(context),
    settings: () => settings.current(),
    changeSettings: (patch) => settings.change(patch),
    async rotateCertificate() {
      const { serialNumber, pem } = await context.holder.addCertificate(context.clock.now());
      return { serialNumber, pem };
    },
    listTrades: (limit) => trades.list(limit ?? 100),
    findTrade: resolve,
    scan(reference) {
      const { outTradeNo } = resolve(reference);
      const reason = scanTrade(context, requireTrade(context, outTradeNo));
      const trade = requireTrade(context, outTradeNo);
      return reason === undefined ? { result: 'scanned', trade } : { result: 'refused', reason, trade };
    },
    pay(input) {
      const trade = resolve(input);
      const { id } =
        input.payerId === undefined ? context.payers.first() : context.payers.find(input.payerId);
      if (input.afterMs !== undefined && input.afterMs > 0) {
        const dueAt = context.clock.now() + context.clock.scale(input.afterMs);
        context.scheduler.schedule('alipay.pay', JSON.stringify([trade.outTradeNo, id]), dueAt);
        return { result: 'scheduled', trade };
      }
      const reason = payTrade(context, trade, id);
      const now = requireTrade(context, trade.outTradeNo);
      return reason === undefined
        ? { result: 'paid', trade: now }
        : { result: 'refused', reason, trade: now };
    },
    refuse(reference) {
      const { outTradeNo } = resolve(reference);
      scanTrade(context, requireTrade(context, outTradeNo));
      trades.noteTry(outTradeNo, 'cancelled_by_buyer');
      return requireTrade(context, outTradeNo);
    },
    finish(outTradeNo) {
      requireTrade(context, outTradeNo);
      if (!trades.move(outTradeNo, 'TRADE_SUCCESS', 'TRADE_FINISHED')) {
        throw controlError(409, 'trade_not_paid', `Trade "${outTradeNo}" is not paid.`);
      }
      return requireTrade(context, outTradeNo);
    },
    listRefunds: (outTradeNo, limit) => refunds.list(outTradeNo, limit ?? 100),
    settleRefund: (outTradeNo, outRequestNo) => settleRefund(context, outTradeNo, outRequestNo),
    refundInConsole: ({ outTradeNo, amount }) => refundInConsole(context, outTradeNo, amount),
  };
}

function openAddress(context: AlipayContext, address: string): Trade {
  const parameters = new Map(new URL(address).searchParams);
  const product = productOf(parameters);
  if (product === undefined) {
    throw controlError(422, 'not_a_page', "This is not the address of one of Alipay's pages.");
  }
  try {
    return openOrder(context, product, parameters);
  } catch (error) {
    if (error instanceof AlipayError) {
      throw controlError(422, error.subCode, error.message);
    }
    throw error;
  }
}

function describeMerchant(context: AlipayContext): MerchantView {
  const { appId, sellerId, app, root, alipay } = materialOf(context);
  const newest = alipay[0]?.privateKeyPem ?? '';
  return {
    appId,
    sellerId,
    appPrivateKeyPem: app.privateKeyPem,
    keyMode: context.settings.current().keyMode,
    alipayPublicKeyPem: context.holder.publicKeyOf(newest).export({ type: 'spki', format: 'pem' }).toString(),
    appCertificatePem: app.pem,
    alipayCertificatesPem: alipay.map(({ pem }) => pem).join(''),
    rootCertificatesPem: root.pem,
    gatewayUrl: `${context.addresses().alipay}/gateway.do`,
  };
}
