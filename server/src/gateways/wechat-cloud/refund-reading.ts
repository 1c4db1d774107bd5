/** How a refund reads in the answers to a refund and to its query. */
import { z } from 'zod';
import { parseBeijingTime } from '../beijing-time.ts';
import type { RefundFacts, RefundResult } from '../gateway.ts';
import { fenSchema } from './trade.ts';

/**
 * Every refund status and what it means to us. CHANGE: the payer's account could not take the money and a person decides.
 * REFUNDCLOSE is final for this number: the money stays here, and a new try needs a new number.
 */
export const REFUND_STATUSES = {
  SUCCESS: 'succeeded',
  PROCESSING: 'pending',
  CHANGE: 'abnormal',
  REFUNDCLOSE: 'failed',
} as const satisfies Record<string, RefundResult['outcome']>;

const acceptedSchema = z.object({
  out_trade_no: z.string(),
  out_refund_no: z.string(),
  refund_id: z.string().min(1),
  refund_fee: fenSchema,
  sub_mch_id: z.string(),
});

/** The refund that was accepted; `undefined` when the answer is none. */
export function readAccepted(
  data: unknown,
): { readonly id: string; readonly facts: RefundFacts } | undefined {
  const { data: refund } = acceptedSchema.safeParse(data);
  return (
    refund && {
      id: refund.out_refund_no,
      facts: {
        amount: { amount: refund.refund_fee, currency: 'CNY' },
        paymentId: refund.out_trade_no,
        merchantAccount: refund.sub_mch_id,
        providerRefundId: refund.refund_id,
        finishedAt: null,
      },
    }
  );
}

const texts = z.array(z.string()).default([]);

const querySchema = z.looseObject({
  out_trade_no: z.string(),
  sub_mch_id: z.string(),
  refund_count: fenSchema,
  out_refund_no_list: texts,
  refund_id_list: texts,
  refund_status_list: texts,
  refund_fee_list: z.array(fenSchema).default([]),
  refund_success_time_list: texts,
});

type QueryAnswer = z.infer<typeof querySchema>;

/** One refund out of an answer that may list several. */
interface Listed {
  readonly status: string | undefined;
  readonly refundId: string | undefined;
  readonly fee: number | undefined;
  readonly successTime: string | undefined;
}

/** The interface beneath numbers its fields (`refund_status_0`); the platform gathers them in lists. */
function readNumbered(answer: QueryAnswer, id: string): Listed | undefined {
  const text = (name: string) => (typeof answer[name] === 'string' ? answer[name] : undefined);
  for (let index = 0; index < answer.refund_count; index += 1) {
    if (text(`out_refund_no_${index}`) === id) {
      return {
        status: text(`refund_status_${index}`),
        refundId: text(`refund_id_${index}`),
        fee: fenSchema.safeParse(answer[`refund_fee_${index}`]).data,
        successTime: text(`refund_success_time_${index}`),
      };
    }
  }
  return undefined;
}

function readListed(answer: QueryAnswer, id: string): Listed | undefined {
  const numbers = answer.out_refund_no_list;
  // It was asked for by its number: a single one without a number is this one.
  const index = numbers.length === 0 && answer.refund_status_list.length === 1 ? 0 : numbers.indexOf(id);
  return index < 0
    ? undefined
    : {
        status: answer.refund_status_list[index],
        refundId: answer.refund_id_list[index],
        fee: answer.refund_fee_list[index],
        successTime: answer.refund_success_time_list[index],
      };
}

export type RefundReading =
  | { readonly kind: 'told'; readonly result: RefundResult }
  /** It is there, but where it stands is not said: the platform answers with empty lists, as its own example does. */
  | { readonly kind: 'there'; readonly paymentId: string; readonly merchantAccount: string };

function isRefundStatus(status: string): status is keyof typeof REFUND_STATUSES {
  return Object.hasOwn(REFUND_STATUSES, status);
}

/** Reads the answer to a query for the refund `id`; `undefined` when it is none, or knows of no refund. */
export function readQuery(data: unknown, id: string): RefundReading | undefined {
  const { data: answer } = querySchema.safeParse(data);
  if (!answer || answer.refund_count < 1) {
    return undefined;
  }
  const { out_trade_no: paymentId, sub_mch_id: merchantAccount } = answer;
  const listed = readListed(answer, id) ?? readNumbered(answer, id);
  if (listed?.status === undefined || !listed.refundId || listed.fee === undefined) {
    return { kind: 'there', paymentId, merchantAccount };
  }
  if (!isRefundStatus(listed.status)) {
    const message = 'WeChat Pay names a status of the refund that is not known here.';
    return {
      kind: 'told',
      result: { outcome: 'unknown', reason: { code: 'unknown_refund_status', message } },
    };
  }
  const outcome = REFUND_STATUSES[listed.status];
  if (outcome === 'failed') {
    return { kind: 'told', result: { outcome, reason: closedReason(listed.status) } };
  }
  const facts: RefundFacts = {
    ...{ paymentId, merchantAccount, providerRefundId: listed.refundId },
    amount: { amount: listed.fee, currency: 'CNY' },
    finishedAt: parseBeijingTime(listed.successTime) ?? null,
  };
  return { kind: 'told', result: { outcome, facts } };
}

export function closedReason(code: string) {
  return { code, message: 'WeChat Pay closed the refund; the money was not returned.' };
}
