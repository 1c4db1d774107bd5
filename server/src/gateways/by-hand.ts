/**
 * What rails without a provider have in common: no call leaves this machine, and the word that money has come is a
 * person's. A remittance or cash can neither be asked for nor closed: what comes late is surplus, and is paid back by hand.
 */
import { DAY_MS, MINUTE_MS } from '../kernel/clock.ts';
import type { LocalizedText } from '../kernel/errors.ts';
import type {
  ClientParameters,
  Gateway,
  GatewayCapabilities,
  GatewayMethod,
  PaymentRequest,
} from './gateway.ts';

const NOTIFICATION_LIMIT_BYTES = 1_024;
const REFUND_WITHIN_MS = 10 * 365 * DAY_MS;
const MAX_REFUNDS = 1_000;

export interface ByHandRail {
  readonly provider: string;
  readonly merchantAccount: string;
  readonly method: GatewayMethod;
  validate(request: PaymentRequest): LocalizedText | undefined;
  /** What the payer has to know, and the rail's own name of the attempt, where it has one. */
  open(request: PaymentRequest): { readonly parameters: ClientParameters; readonly reference?: string };
}

function capabilitiesOf({ provider, method }: ByHandRail): GatewayCapabilities {
  return {
    provider,
    methods: [method],
    minimumExpiryMs: MINUTE_MS,
    refunds: { maxPerPayment: MAX_REFUNDS, minimumIntervalMs: 0, maxAgeMs: REFUND_WITHIN_MS },
    captures: null,
    bill: null,
    lateMoneyWindowMs: 0,
    notificationBodyLimitBytes: NOTIFICATION_LIMIT_BYTES,
  };
}

/** A gateway of which people keep the books. */
export function createByHandGateway(rail: ByHandRail): Gateway {
  const { method: offer, merchantAccount } = rail;
  return {
    capabilities: capabilitiesOf(rail),
    merchantAccount,
    feeBasisPoints: 0,
    captureMode: 'automatic',
    appFor: () => null,
    validate(request) {
      const isOffered = request.method === offer.method && offer.currencies.includes(request.amount.currency);
      return isOffered ? rail.validate(request) : NOT_OFFERED;
    },
    createPayment: async (request) => ({ outcome: 'pending', ...rail.open(request) }),
    queryPayment: async () => ({ outcome: 'pending' }),
    closePayment: async () => ({ outcome: 'closed' }),
    refund: async () => ({ outcome: 'by_hand' }),
    queryRefund: async () => ({ outcome: 'by_hand' }),
    parseNotification: async () => ({ outcome: 'rejected', status: 401, reason: 'nobody notifies of it' }),
    replyTo: (isAccepted) => ({
      status: isAccepted ? 200 : 500,
      headers: { 'content-type': 'text/plain' },
      body: '',
    }),
  };
}

const NOT_OFFERED: LocalizedText = {
  en: 'This way to pay does not take this currency.',
  zh: '该支付方式不支持此币种。',
};
