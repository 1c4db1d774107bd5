/**
 * Refunds. Invariant: one refund of ours is at most one refund at WeChat Pay, because our refund's id is its number there.
 * That it is done is believed of the query where it says so, and else of the bill, never of a callback. If the process dies
 * after the call, the refund is found by its query and asked for again under the same number.
 */
import type {
  BillRow,
  GatewayReason,
  KnownRefund,
  QueryRefundResult,
  RefundRequest,
  RefundResult,
} from '../gateway.ts';
import { createJudgeRefund, FOREIGN_ANSWER, judgeUnanswered, MALFORMED_ANSWER } from '../wechat-answers.ts';
import { toPayerText } from '../wechat-text.ts';
import type { CloudClient } from './client.ts';
import { type CheckedSettings, callbackPathOf } from './config.ts';
import { closedReason, type RefundReading, readAccepted, readQuery } from './refund-reading.ts';

const MAX_REASON_BYTES = 80;

const NOT_TOLD: GatewayReason = {
  code: 'state_not_told',
  message: 'WeChat Pay has the refund; where it stands will be in the bill.',
};

export interface RefundDeps {
  readonly client: CloudClient;
  readonly settings: Pick<CheckedSettings, 'subMchid' | 'envId' | 'service'>;
  /** The line of a refund in the bills since a time. */
  readonly findBilled: (id: string, since: number) => Promise<BillRow | undefined>;
}

type Asked = Pick<KnownRefund, 'id'> & Partial<KnownRefund>;

export function buildRefund(
  request: RefundRequest,
  { subMchid, envId, service }: RefundDeps['settings'],
): Readonly<Record<string, unknown>> {
  const reason = toPayerText(request.reason ?? '', MAX_REASON_BYTES);
  return {
    out_trade_no: request.payment.id,
    out_refund_no: request.id,
    env_id: envId,
    sub_mch_id: subMchid,
    total_fee: request.total.amount,
    refund_fee: request.amount.amount,
    ...(reason === '' ? {} : { refund_desc: reason }),
    callback_type: 2,
    container: { service, path: callbackPathOf(request.payment.id) },
  };
}

function resultOfBilled(row: BillRow, { paymentId, merchantAccount }: There): RefundResult {
  const facts = {
    amount: row.amount,
    paymentId: row.paymentNumber ?? paymentId,
    merchantAccount: row.merchantAccount || merchantAccount,
    providerRefundId: row.transactionId,
    finishedAt: row.status === 'succeeded' ? row.occurredAt : null,
  };
  return row.status === 'failed'
    ? { outcome: 'failed', reason: closedReason('FAIL') }
    : { outcome: row.status, facts };
}

type There = Extract<RefundReading, { kind: 'there' }>;

export function createRefunds({ client, settings, findBilled }: RefundDeps) {
  /** WeChat Pay has it and does not say more: the bills may, from the next morning on. */
  async function askBills(refund: Asked, there: There): Promise<RefundResult> {
    const billed = refund.since === undefined ? undefined : await findBilled(refund.id, refund.since);
    if (billed) {
      return resultOfBilled(billed, there);
    }
    const { amount, providerRefundId } = refund;
    return amount && providerRefundId
      ? { outcome: 'pending', facts: { ...toFacts(there), amount, providerRefundId } }
      : { outcome: 'unknown', reason: NOT_TOLD };
  }

  const toFacts = ({ paymentId, merchantAccount }: There) => ({
    ...{ paymentId, merchantAccount, finishedAt: null },
  });

  async function queryRefund(refund: Asked): Promise<QueryRefundResult> {
    const answer = await client.call({
      operation: 'query_refund',
      verb: 'queryrefund',
      subject: refund.id,
      content: { out_refund_no: refund.id, sub_mch_id: settings.subMchid },
      isSafeToRepeat: true,
    });
    if (answer.kind !== 'done') {
      return judgeUnanswered(answer);
    }
    const reading = readQuery(answer.body, refund.id);
    if (!reading) {
      return { outcome: 'unknown', reason: MALFORMED_ANSWER };
    }
    return reading.kind === 'told' ? reading.result : askBills(refund, reading);
  }

  const judgeRefund = createJudgeRefund(queryRefund);

  async function refund(request: RefundRequest): Promise<RefundResult> {
    const answer = await client.call({
      operation: 'refund',
      verb: 'refund',
      subject: request.id,
      content: buildRefund(request, settings),
      // After anything but an answer a refund is queried before it is sent again, and that is the caller's to decide.
      isSafeToRepeat: false,
    });
    if (answer.kind !== 'done') {
      return judgeRefund(request.id, answer);
    }
    const accepted = readAccepted(answer.body);
    if (!accepted) {
      return { outcome: 'unknown', reason: MALFORMED_ANSWER };
    }
    return accepted.id === request.id
      ? { outcome: 'pending', facts: accepted.facts }
      : { outcome: 'unknown', reason: FOREIGN_ANSWER };
  }

  return { refund, queryRefund };
}
