import type { Fault } from '../faults.ts';
import { numberParam } from '../faults.ts';
import { type PaypalContext, PROVIDER } from './context.ts';
import { PaypalError } from './errors.ts';
import { showMoney } from './money.ts';
import type { Order } from './orders.ts';
import { payerOf, toTime } from './views.ts';

const HOUR_MS = 60 * 60 * 1000;
const MAX_WINDOW_MS = 31 * 24 * HOUR_MS;
/** What happened in the last hours is not in the report yet. */
const BEHIND_MS = 3 * HOUR_MS;

export const REPORT_FAULTS = [
  'missing_row',
  'extra_row',
  'duplicate_row',
  'amount_differs',
  'fee_differs',
  'status_differs',
] as const;

interface Line {
  id: string;
  code: string;
  at: number;
  units: number;
  fee: number | null;
  currency: string;
  status: 'S' | 'P' | 'D';
  customId: string | null;
  invoiceId: string | null;
  referenceId: string | null;
  payerId: string | null;
}

function linesOfOrder(order: Order): Line[] {
  const common = { currency: order.amount.currency, customId: order.customId, payerId: order.payerId };
  const captures = order.captures
    .filter(({ status }) => status !== 'DECLINED' && status !== 'FAILED')
    .map(
      (capture): Line => ({
        ...common,
        ...{ id: capture.id, code: 'T0006', at: capture.createdAt, units: capture.units, fee: -capture.fee },
        status: capture.status === 'PENDING' ? 'P' : 'S',
        invoiceId: capture.invoiceId,
        referenceId: order.id,
      }),
    );
  const refunds = order.refunds
    .filter(({ status }) => status === 'COMPLETED' || status === 'PENDING')
    .map(
      (refund): Line => ({
        ...common,
        ...{ id: refund.id, code: 'T1107', at: refund.createdAt, units: -refund.units, fee: 0 },
        status: refund.status === 'PENDING' ? 'P' : 'S',
        ...{ customId: refund.customId, invoiceId: refund.invoiceId, referenceId: refund.captureId },
      }),
    );
  return [...captures, ...refunds];
}

function linesOfDisputes(context: PaypalContext): Line[] {
  return context.disputes.list().flatMap((dispute) => {
    const order = context.orders.find(dispute.captureId);
    return dispute.movements.map(
      (movement, index): Line => ({
        id: `${dispute.id.replaceAll('-', '')}${index}`,
        code: movement.reason === 'DISPUTE_FEE' ? 'T0114' : 'T1106',
        at: movement.at,
        units: movement.type === 'DEBIT' ? -movement.units : movement.units,
        fee: null,
        currency: order?.amount.currency ?? 'USD',
        status: 'S',
        customId: order?.customId ?? null,
        invoiceId: null,
        referenceId: dispute.captureId,
        payerId: order?.payerId ?? null,
      }),
    );
  });
}

/** What the merchant's account has moved in a time, `end` included, as fault plans want it told. */
function linesWithin(context: PaypalContext, start: number, end: number): Line[] {
  const until = Math.min(end + 999, context.clock.now() - BEHIND_MS);
  const all = [...context.orders.all().flatMap(linesOfOrder), ...linesOfDisputes(context)];
  const lines = all.filter(({ at }) => at >= start && at <= until).sort((a, b) => a.at - b.at);
  const fault = context.faults.take(PROVIDER, 'report', REPORT_FAULTS, {
    billDate: new Date(start).toISOString().slice(0, 10),
  });
  return fault === undefined ? lines : spoil(lines, fault, start);
}

function spoil(lines: Line[], fault: Fault, start: number): Line[] {
  const [first, ...rest] = lines;
  if (fault.kind === 'extra_row') {
    const units = numberParam(fault, 'units', 100);
    const extra = {
      id: 'EXTRA000000000001',
      code: 'T0006',
      at: start,
      units,
      fee: 0,
      currency: 'USD',
      status: 'S',
    } as const;
    return [
      ...lines,
      { ...extra, customId: 'pay_unknown', invoiceId: null, referenceId: null, payerId: null },
    ];
  }
  if (first === undefined) {
    return lines;
  }
  const by = numberParam(fault, 'by', 1);
  switch (fault.kind) {
    case 'missing_row':
      return rest;
    case 'duplicate_row':
      return [first, first, ...rest];
    case 'amount_differs':
      return [{ ...first, units: first.units + by }, ...rest];
    case 'fee_differs':
      return [{ ...first, fee: (first.fee ?? 0) - by }, ...rest];
    default:
      return [{ ...first, status: 'D' }, ...rest];
  }
}

function showLine(context: PaypalContext, line: Line) {
  const money = (units: number) => showMoney({ units, currency: line.currency });
  return {
    transaction_info: {
      ...(line.payerId !== null && { paypal_account_id: payerOf(context, line.payerId).accountId }),
      transaction_id: line.id,
      ...(line.referenceId !== null && {
        paypal_reference_id: line.referenceId,
        paypal_reference_id_type: line.code === 'T0006' ? 'ODR' : 'TXN',
      }),
      transaction_event_code: line.code,
      transaction_initiation_date: toTime(line.at),
      transaction_updated_date: toTime(line.at),
      transaction_amount: money(line.units),
      ...(line.fee !== null && { fee_amount: money(line.fee) }),
      transaction_status: line.status,
      ...(line.customId !== null && { custom_field: line.customId }),
      ...(line.invoiceId !== null && { invoice_id: line.invoiceId }),
      protection_eligibility: '01',
    },
  };
}

const invalid = (issue: string, field: string) =>
  new PaypalError(400, 'INVALID_REQUEST', [{ issue, field, location: 'query' }]);

function readTime(query: URLSearchParams, name: string): number {
  const time = Date.parse(query.get(name) ?? '');
  if (Number.isNaN(time)) {
    throw invalid('MISSING_REQUIRED_PARAMETER', name);
  }
  return time;
}

function readCount(query: URLSearchParams, name: string, fallback: number, max: number): number {
  const value = Number(query.get(name) ?? fallback);
  if (!Number.isInteger(value) || value < 1 || value > max) {
    throw invalid('INVALID_PARAMETER_VALUE', name);
  }
  return value;
}

/** `GET /v1/reporting/transactions` */
export function reportTransactions(context: PaypalContext, query: URLSearchParams): Record<string, unknown> {
  const [start, end] = [readTime(query, 'start_date'), readTime(query, 'end_date')];
  if (end < start || end - start > MAX_WINDOW_MS) {
    throw invalid('INVALID_PARAMETER_VALUE', 'end_date');
  }
  const pageSize = readCount(query, 'page_size', 100, 500);
  const page = readCount(query, 'page', 1, 1_000_000);
  const lines = linesWithin(context, start, end);
  if (lines.length > context.settings.current().reportLimit) {
    throw new PaypalError(400, 'RESULTSET_TOO_LARGE', []);
  }
  const self = `${context.baseUrl()}/v1/reporting/transactions?${query.toString()}`;
  return {
    transaction_details: lines
      .slice((page - 1) * pageSize, page * pageSize)
      .map((line) => showLine(context, line)),
    account_number: context.material.current().merchantId,
    start_date: toTime(start),
    end_date: toTime(end),
    last_refreshed_datetime: toTime(context.clock.now() - BEHIND_MS),
    page,
    total_items: lines.length,
    total_pages: Math.ceil(lines.length / pageSize),
    links: [{ href: self, rel: 'self', method: 'GET' }],
  };
}
