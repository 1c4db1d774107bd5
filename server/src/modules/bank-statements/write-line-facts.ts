import type { Tx } from '../../kernel/db/index.ts';
import {
  findHandRefunds,
  findPaymentsByReference,
  type HandPayment,
  type HandRefund,
} from '../payments/index.ts';
import type { StatementLine } from './csv/read-statement.ts';
import { type BankStatementsDeps, PROVIDER } from './deps.ts';

/** What the text of a line names: attempts by their codes, and refunds by their payment or their own id. */
export interface NamedFacts {
  readonly payments: readonly HandPayment[];
  readonly refunds: readonly HandRefund[];
}

const REFUND_ID = /\bref_[0-9a-hjkmnp-tv-z]{26}\b/gi;

const textOf = ({ description, counterparty, bankReference }: StatementLine) =>
  [description, counterparty, bankReference ?? ''].join('|');

const refundIdsIn = (text: string) => (text.match(REFUND_ID) ?? []).map((id) => id.toLowerCase());

/** Looks everything up that these lines name, in a few queries. */
export async function readNamed(
  tx: Tx,
  { findCodes }: Pick<BankStatementsDeps, 'findCodes'>,
  lines: readonly StatementLine[],
): Promise<(line: StatementLine) => NamedFacts> {
  const codesOf = new Map(lines.map((line) => [line.key, findCodes(textOf(line))]));
  const payments = await findPaymentsByReference(tx, PROVIDER, [...new Set([...codesOf.values()].flat())]);
  const outgoing = lines.filter(({ amount }) => amount < 0);
  const refundIds = outgoing.flatMap((line) => refundIdsIn(textOf(line)));
  const paymentIds = outgoing.length === 0 ? [] : payments.map(({ id }) => id);
  const refunds = await findHandRefunds(tx, [...new Set([...refundIds, ...paymentIds])]);
  return (line) => {
    const codes = codesOf.get(line.key) ?? [];
    const named = payments.filter(({ reference }) => reference !== null && codes.includes(reference));
    const ids = refundIdsIn(textOf(line));
    const isNamed = ({ id, paymentId }: HandRefund) =>
      ids.includes(id) || named.some((payment) => payment.id === paymentId);
    return { payments: named, refunds: line.amount < 0 ? refunds.filter(isNamed) : [] };
  };
}
