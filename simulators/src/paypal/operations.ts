import { createVerify, X509Certificate } from 'node:crypto';
import type { WireAnswer, WireRequest, WireRoute } from '../wire.ts';
import { type PaypalContext, PROVIDER } from './context.ts';
import { showDispute } from './dispute-verbs.ts';
import { DISTORTIONS, distort } from './distort.ts';
import { jsonAnswer, notFound } from './errors.ts';
import { CAPTURE_FAULTS, REFUND_FAULTS } from './money-moves.ts';
import { authoriseOrder, captureOrder, createOrder, DECLINE_FAULTS, parseBody } from './order-verbs.ts';
import { subjectOf } from './orders.ts';
import { answerPayer, showPayerPage } from './payer-page.ts';
import {
  captureAuthorisation,
  refundCapture,
  requireAuthorisation,
  requireCapture,
  requireRefund,
  voidAuthorisation,
} from './payment-verbs.ts';
import { REPORT_FAULTS, reportTransactions } from './report.ts';
import { isBasicAuthorization } from './tokens.ts';
import { showAuthorisationAlone, showBriefly, showCaptureAlone, showOrder, showRefund } from './views.ts';
import { NOTIFY_FAULTS, signedText } from './webhooks.ts';

const HOUR_MS = 60 * 60 * 1000;
const ORDERS_KEPT_MS = 6 * HOUR_MS;
const PAYMENTS_KEPT_MS = 45 * 24 * HOUR_MS;

const ON_THE_WAY = [
  ...['delay', 'connection_refused', 'error', 'rate_limit', 'commit_then_timeout', 'error_after_commit'],
  'truncated_body',
] as const;

export const PAYPAL_FAULTS = {
  token: ON_THE_WAY,
  create_order: ON_THE_WAY,
  get_order: [...ON_THE_WAY, ...DISTORTIONS],
  capture_order: [...ON_THE_WAY, ...DECLINE_FAULTS, ...CAPTURE_FAULTS],
  authorize_order: [...ON_THE_WAY, ...DECLINE_FAULTS],
  get_authorization: ON_THE_WAY,
  capture_authorization: [...ON_THE_WAY, ...DECLINE_FAULTS, ...CAPTURE_FAULTS],
  void_authorization: [...ON_THE_WAY, ...DECLINE_FAULTS],
  get_capture: ON_THE_WAY,
  refund: [...ON_THE_WAY, ...DECLINE_FAULTS, ...REFUND_FAULTS],
  get_refund: ON_THE_WAY,
  get_dispute: ON_THE_WAY,
  report: [...ON_THE_WAY, ...REPORT_FAULTS],
  verify_webhook: ON_THE_WAY,
  certificate: ON_THE_WAY,
  notify: NOTIFY_FAULTS,
} as const;

export interface Operation extends WireRoute {
  /** The token itself, certificates and the payer's page need no token. */
  isOpen?: boolean;
  run(context: PaypalContext, request: WireRequest): WireAnswer;
}

type View = Record<string, unknown> & {
  id: string;
  status: string;
  links: { href: string; rel: string; method: string }[];
};

const requestIdOf = (request: WireRequest) => request.headers['paypal-request-id'];
const wantsAll = (request: WireRequest) => request.headers.prefer?.includes('return=representation') === true;
const idOf = (request: WireRequest) => request.params.id ?? '';

/** Fault plans are matched before a body is checked, so it may be anything. */
function subject(request: WireRequest): Record<string, string | undefined> {
  const read = (name: string) => new RegExp(`"${name}"\\s*:\\s*"([^"]*)"`).exec(request.body)?.[1];
  return {
    orderId: request.params.id,
    requestId: requestIdOf(request),
    outTradeNo: read('custom_id'),
    outRefundNo: read('invoice_id'),
  };
}

/** A POST that does something once: what was answered under its PayPal-Request-Id is answered again. */
function once(
  operation: string,
  url: string,
  keepMs: number,
  act: (context: PaypalContext, request: WireRequest) => View,
): Operation {
  return {
    operation,
    method: 'POST',
    url,
    subject,
    run(context, request) {
      const key = `${operation} ${idOf(request)}`;
      const before = context.replays.find(key, requestIdOf(request));
      if (before) {
        return before;
      }
      const view = act(context, request);
      const body = wantsAll(request) ? view : showBriefly(view);
      context.replays.keep(key, requestIdOf(request), body, keepMs);
      return jsonAnswer(201, body);
    },
  };
}

function read(
  operation: string,
  url: string,
  show: (context: PaypalContext, request: WireRequest) => Record<string, unknown>,
): Operation {
  return {
    operation,
    method: 'GET',
    url,
    subject,
    run: (context, request) => jsonAnswer(200, show(context, request)),
  };
}

export const OPERATIONS: readonly Operation[] = [
  { operation: 'token', method: 'POST', url: '/v1/oauth2/token', subject, isOpen: true, run: issueToken },
  once('create_order', '/v2/checkout/orders', ORDERS_KEPT_MS, (context, request) =>
    showOrder(context, createOrder(context, request)),
  ),
  read('get_order', '/v2/checkout/orders/:id', (context, request) => {
    const order = context.orders.require(idOf(request));
    const plain = showOrder(context, order);
    const fault = context.faults.take(PROVIDER, 'get_order', DISTORTIONS, subjectOf(order));
    return fault === undefined ? plain : distort(context, plain, fault);
  }),
  once('capture_order', '/v2/checkout/orders/:id/capture', ORDERS_KEPT_MS, (context, request) =>
    showOrder(context, captureOrder(context, idOf(request))),
  ),
  once('authorize_order', '/v2/checkout/orders/:id/authorize', ORDERS_KEPT_MS, (context, request) =>
    showOrder(context, authoriseOrder(context, idOf(request))),
  ),
  read('get_authorization', '/v2/payments/authorizations/:id', (context, request) => {
    const { order, authorisation } = requireAuthorisation(context, idOf(request));
    return showAuthorisationAlone(context, order, authorisation);
  }),
  once(
    'capture_authorization',
    '/v2/payments/authorizations/:id/capture',
    PAYMENTS_KEPT_MS,
    (context, request) => {
      const { order, capture } = captureAuthorisation(context, idOf(request), request);
      return showCaptureAlone(context, order, capture);
    },
  ),
  {
    operation: 'void_authorization',
    method: 'POST',
    url: '/v2/payments/authorizations/:id/void',
    subject,
    run(context, request) {
      const order = voidAuthorisation(context, idOf(request));
      return wantsAll(request) && order.authorisation
        ? jsonAnswer(200, showAuthorisationAlone(context, order, order.authorisation))
        : { status: 204, headers: {}, body: '' };
    },
  },
  read('get_capture', '/v2/payments/captures/:id', (context, request) => {
    const { order, capture } = requireCapture(context, idOf(request));
    return showCaptureAlone(context, order, capture);
  }),
  once('refund', '/v2/payments/captures/:id/refund', PAYMENTS_KEPT_MS, (context, request) => {
    const { order, refund } = refundCapture(context, idOf(request), parseBody(request.body));
    return showRefund(context, order, refund);
  }),
  read('get_refund', '/v2/payments/refunds/:id', (context, request) => {
    const { order, refund } = requireRefund(context, idOf(request));
    return showRefund(context, order, refund);
  }),
  read('get_dispute', '/v1/customer/disputes/:id', (context, request) =>
    showDispute(context, context.disputes.require(idOf(request))),
  ),
  read('report', '/v1/reporting/transactions', (context, request) =>
    reportTransactions(context, request.query),
  ),
  {
    operation: 'verify_webhook',
    method: 'POST',
    url: '/v1/notifications/verify-webhook-signature',
    subject: () => ({}),
    run: verifyWebhook,
  },
  {
    operation: 'certificate',
    method: 'GET',
    url: '/v1/notifications/certs/:id',
    subject: () => ({}),
    isOpen: true,
    run: serveCertificate,
  },
  {
    operation: 'payer_page',
    method: 'GET',
    url: '/checkoutnow',
    subject: () => ({}),
    isOpen: true,
    run: showPayerPage,
  },
  {
    operation: 'payer_page',
    method: 'POST',
    url: '/checkoutnow',
    subject: () => ({}),
    isOpen: true,
    run: answerPayer,
  },
];

function issueToken(context: PaypalContext, request: WireRequest): WireAnswer {
  const { clientId, clientSecret } = context.material.current();
  if (!isBasicAuthorization(request.headers.authorization, clientId, clientSecret)) {
    return jsonAnswer(401, { error: 'invalid_client', error_description: 'Client Authentication failed' });
  }
  if (new URLSearchParams(request.body).get('grant_type') !== 'client_credentials') {
    return jsonAnswer(400, { error: 'unsupported_grant_type', error_description: 'Grant Type is NULL' });
  }
  const { tokenLifeSeconds } = context.settings.current();
  const token = context.tokens.issue(tokenLifeSeconds);
  return jsonAnswer(200, {
    scope: 'https://uri.paypal.com/services/payments/payment https://uri.paypal.com/services/payments/refund',
    access_token: token,
    token_type: 'Bearer',
    app_id: 'APP-80W284485P519543T',
    expires_in: tokenLifeSeconds,
    nonce: new Date(context.clock.now()).toISOString() + token.slice(5, 16),
  });
}

/** PayPal compares the bytes of the event, which is why they are cut out of the request as they stand. */
function verifyWebhook(context: PaypalContext, request: WireRequest): WireAnswer {
  const question = parseBody(request.body) as Record<string, string>;
  const at = request.body.indexOf('"webhook_event":');
  const event = request.body.slice(at + '"webhook_event":'.length, request.body.lastIndexOf('}'));
  const { certificates, webhookId } = context.material.current();
  const certificate = certificates.find(({ name }) => question.cert_url?.endsWith(`/certs/${name}`));
  const text = signedText(question.transmission_id ?? '', question.transmission_time ?? '', webhookId, event);
  const isGenuine =
    at !== -1 &&
    certificate !== undefined &&
    question.webhook_id === webhookId &&
    question.auth_algo === 'SHA256withRSA' &&
    createVerify('sha256')
      .update(text)
      .verify(new X509Certificate(certificate.pem).publicKey, question.transmission_sig ?? '', 'base64');
  return jsonAnswer(200, { verification_status: isGenuine ? 'SUCCESS' : 'FAILURE' });
}

/** The certificate and the authority that issued it, as PayPal serves a whole chain. */
function serveCertificate(context: PaypalContext, request: WireRequest): WireAnswer {
  const { certificates, authorityPem } = context.material.current();
  const certificate = certificates.find(({ name }) => name === idOf(request));
  if (certificate === undefined) {
    throw notFound();
  }
  const headers = { 'content-type': 'application/x-pem-file' };
  return { status: 200, headers, body: certificate.pem + authorityPem };
}
