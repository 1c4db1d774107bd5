import { createHash, timingSafeEqual } from 'node:crypto';
import { type Fault, textParam } from '../faults.ts';
import { randomDigits } from '../random.ts';
import type { WireAnswer, WireRequest, WireRoute } from '../wire.ts';
import { jsonAnswer, UnitelRefusal, unauthorised } from './answers.ts';
import { PROVIDER, type UnitelContext } from './context.ts';
import type { Send, SendOperation } from './sends.ts';
import type { Subscriber } from './subscribers.ts';
import { CARDS, findTariff, PACKAGES } from './tariffs.ts';
import { makeVatBill } from './vat-bill.ts';

const ON_THE_WAY = [
  ...['delay', 'connection_refused', 'error', 'rate_limit', 'commit_then_timeout', 'error_after_commit'],
  'truncated_body',
] as const;
/** What the answer itself may be: two refusals, and answers that are not true. */
const SEND_FAULTS = ['refused', 'unauthorised', 'unauthorised_after_commit', 'refused_after_commit'] as const;
const LIES = ['success_without_delivery', 'malformed'] as const;
const READ_FAULTS = [...ON_THE_WAY, 'refused', 'unauthorised'] as const;

export const UNITEL_FAULTS = {
  auth: ON_THE_WAY,
  servicetype: READ_FAULTS,
  invoice: READ_FAULTS,
  recharge: [...ON_THE_WAY, ...SEND_FAULTS, ...LIES],
  datapackage: [...ON_THE_WAY, ...SEND_FAULTS, ...LIES],
  payment: [...ON_THE_WAY, ...SEND_FAULTS, ...LIES],
} as const;

type Body = Readonly<Record<string, unknown>>;

export interface Operation extends WireRoute {
  /** Only the token is asked for without one. */
  isOpen?: boolean;
  /** Of one that delivers: how it is written down. */
  send?: { operation: SendOperation; codeField?: string };
  run(context: UnitelContext, body: Body, request: WireRequest): WireAnswer;
}

/** A body may be anything: fault plans are matched before it is checked. */
export function readBody(text: string): Body {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Body) : {};
  } catch {
    return {};
  }
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

export function transactionOf(body: Body): Body {
  const [first] = Array.isArray(body.transactions) ? (body.transactions as unknown[]) : [];
  return typeof first === 'object' && first !== null ? (first as Body) : {};
}

function subject(request: WireRequest): Record<string, string | undefined> {
  const body = readBody(request.body);
  const code = body.card ?? body.package;
  return {
    msisdn: textOf(body.msisdn) || undefined,
    journalId: textOf(transactionOf(body).journal_id) || undefined,
    code: textOf(code) || undefined,
  };
}

/** What the request to deliver says, for the list of those received. */
export function describeSend(
  operation: NonNullable<Operation['send']>,
  body: Body,
): Pick<Send, 'operation' | 'journalId' | 'msisdn' | 'code' | 'amount'> {
  const transaction = transactionOf(body);
  return {
    operation: operation.operation,
    journalId: textOf(transaction.journal_id),
    msisdn: textOf(body.msisdn),
    code: operation.codeField === undefined ? '' : textOf(body[operation.codeField]),
    amount: textOf(transaction.amount),
  };
}

const route = (operation: string, url: string) =>
  ({ operation, method: 'POST', url: `/api/v1${url}`, subject }) as const;

export const OPERATIONS: readonly Operation[] = [
  { ...route('auth', '/auth'), isOpen: true, run: issueToken },
  { ...route('servicetype', '/service/servicetype'), run: listTariffs },
  { ...route('invoice', '/service/unitel'), run: readInvoice },
  {
    ...route('recharge', '/service/recharge'),
    send: { operation: 'recharge', codeField: 'card' },
    run: (context, body) => {
      const card = findTariff(CARDS, body.card);
      return deliver(context, body, { price: card?.price, name: card?.name ?? '', credit: card?.unit ?? 0 });
    },
  },
  {
    ...route('datapackage', '/service/datapackage'),
    send: { operation: 'datapackage', codeField: 'package' },
    run: (context, body) => {
      const found = findTariff(PACKAGES, body.package);
      return deliver(context, body, { price: found?.price, name: found?.name ?? '', credit: 0 });
    },
  },
  { ...route('payment', '/service/payment'), send: { operation: 'payment' }, run: payInvoice },
];

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function issueToken(
  { account, settings, tokens }: UnitelContext,
  _body: Body,
  request: WireRequest,
): WireAnswer {
  const wanted = `Basic ${Buffer.from(`${account.username}:${account.password}`).toString('base64')}`;
  if (!timingSafeEqual(digest(request.headers.authorization ?? ''), digest(wanted))) {
    return unauthorised();
  }
  const { tokenLifeSeconds } = settings.current();
  return jsonAnswer(200, {
    access_token: tokens.issue(tokenLifeSeconds),
    token_type: 'Bearer',
    expires_in: tokenLifeSeconds,
    scope: 'read write',
  });
}

function requireSubscriber({ subscribers }: UnitelContext, msisdn: unknown): Subscriber {
  const subscriber = subscribers.find(textOf(msisdn));
  if (subscriber === undefined) {
    throw new UnitelRefusal('101', 'The number was not found');
  }
  return subscriber;
}

const success = { result: 'success', code: '000', msg: 'success' } as const;

function listTariffs(context: UnitelContext, body: Body): WireAnswer {
  const { kind } = requireSubscriber(context, body.msisdn);
  return jsonAnswer(200, {
    ...success,
    servicetype: kind.toUpperCase(),
    productid: '1',
    name: kind === 'prepaid' ? 'Урьдчилсан төлбөрт' : 'Дараа төлбөрт',
    '3rdparty_name': '',
    billtype: kind,
    service_bill_type: kind,
    status: 'active',
    service: {
      name: 'Unitel',
      // A number that is billed afterwards buys no credit.
      cards: kind === 'prepaid' ? CARDS : { day: [], noday: [], special: [] },
      data: PACKAGES,
    },
  });
}

function readInvoice(context: UnitelContext, body: Body): WireAnswer {
  const { unpaid } = requireSubscriber(context, body.msisdn);
  const month = new Date(context.clock.now()).toISOString().slice(0, 7).replace('-', '.');
  return jsonAnswer(200, {
    ...success,
    invoice_amount: unpaid,
    remain_amount: 0,
    invoice_date: `${month}.01-${month}.28`,
    broadcast_fee: '0',
    total_unpaid: unpaid,
    invoice_unpaid: unpaid,
    invoice_status: unpaid > 0 ? 'unpaid' : 'paid',
  });
}

/** Amounts on this wire are texts in tugrik, such as `5000` or `5000.00`. */
function amountOf(body: Body): number {
  const text = textOf(transactionOf(body).amount);
  return /^\d{1,9}(?:\.0{1,2})?$/.test(text) ? Number(text) : 0;
}

interface Goods {
  price: number | undefined;
  name: string;
  credit: number;
}

function assertSendable(body: Body): void {
  const transactions = Array.isArray(body.transactions) ? body.transactions : [];
  const { journal_id: journalId } = transactionOf(body);
  if (transactions.length !== 1 || textOf(journalId) === '' || !/^[01]$/.test(textOf(body.vatflag))) {
    throw new UnitelRefusal('102', 'The request is not complete');
  }
}

function deliver(context: UnitelContext, body: Body, { price, name, credit }: Goods): WireAnswer {
  assertSendable(body);
  const subscriber = requireSubscriber(context, body.msisdn);
  if (price === undefined || (credit > 0 && subscriber.kind !== 'prepaid')) {
    throw new UnitelRefusal('103', 'There is no such service for the number');
  }
  if (amountOf(body) !== price) {
    throw new UnitelRefusal('104', 'The amount is wrong');
  }
  context.subscribers.change(subscriber.msisdn, { credit: subscriber.credit + credit });
  return receiptOf(context, body, { amount: price, name });
}

function payInvoice(context: UnitelContext, body: Body): WireAnswer {
  assertSendable(body);
  const subscriber = requireSubscriber(context, body.msisdn);
  const amount = amountOf(body);
  if (amount <= 0 || textOf(body.amount) !== textOf(transactionOf(body).amount)) {
    throw new UnitelRefusal('104', 'The amount is wrong');
  }
  // What is paid over stands as credit for the bill of next month.
  context.subscribers.change(subscriber.msisdn, { unpaid: subscriber.unpaid - amount });
  return receiptOf(context, body, { amount, name: 'Төлбөр' });
}

function receiptOf(context: UnitelContext, body: Body, sold: { amount: number; name: string }): WireAnswer {
  const date = new Date(context.clock.now()).toISOString().slice(0, 19).replace('T', ' ');
  const registerNumber = textOf(body.vat_register_no);
  return jsonAnswer(200, {
    ...success,
    sv_id: `P_ETOPUP_${randomDigits(10)}`,
    seq: `${context.clock.now()}${randomDigits(3)}`,
    method: 'cash',
    ...(body.vatflag === '1' && { vat: makeVatBill({ ...sold, registerNumber, date }) }),
  });
}

/** What a fault plan says instead of, or after, what was done. */
export function takeBusinessFault(
  context: UnitelContext,
  { operation }: Operation,
  request: WireRequest,
): Fault | undefined {
  const known: readonly string[] = UNITEL_FAULTS[operation as keyof typeof UNITEL_FAULTS];
  const kinds = [...SEND_FAULTS, ...LIES].filter((kind) => known.includes(kind));
  return context.faults.take(PROVIDER, operation, kinds, subject(request));
}

export function wordRefusal(fault: Fault): UnitelRefusal {
  const message = textParam(fault, 'message', 'The service is not available for the number');
  return new UnitelRefusal(textParam(fault, 'code', '201'), message);
}
