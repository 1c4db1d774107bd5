/** What a line of a bill and the money in our books do not agree on. Pure rules. */
import { HOUR_MS } from '../../kernel/clock.ts';
import type { BookedMoney } from '../payments/index.ts';
import type { DifferenceKind } from './difference-kind.ts';
import type { BillLineRow } from './tables.ts';

/**
 * What happened so close to midnight may stand in the file of the neighbouring day: two clocks differ, and a provider may
 * book later than it answers.
 */
export const CUT_OFF_MARGIN_MS = HOUR_MS;

/** A difference as one look finds it; not written down yet. */
export interface Finding {
  readonly kind: DifferenceKind;
  readonly subject: string;
  /** Whether it may still stand in the file of another day. */
  readonly isCarried: boolean;
  readonly line: BillLineRow | null;
  readonly money: BookedMoney | null;
}

/** A line, what our books have of it, and what they do not agree on. */
export interface Compared {
  readonly line: BillLineRow;
  readonly money: BookedMoney | null;
  readonly finding: Finding | null;
}

export function subjectOf(type: string, name: string): string {
  return `${type}:${name}`;
}

/** The gravest disagreement of a line with the money in our books; at most one, because each explains the lesser ones. */
export function findKind(
  line: BillLineRow,
  money: BookedMoney | null,
  areFeesAgreed = true,
): DifferenceKind | undefined {
  if (line.status === 'failed') {
    return money?.status === 'succeeded' ? 'status' : undefined;
  }
  if (line.merchant_account !== line.account) {
    return 'merchant';
  }
  if (money === null) {
    return 'missing_here';
  }
  if (money.merchantAccount !== line.account) {
    return 'merchant';
  }
  // A pending line is a snapshot: that it has succeeded here since, or is under way here too, is no contradiction.
  const agreed = line.status === 'pending' ? ['pending', 'succeeded'] : ['succeeded'];
  if (!agreed.includes(money.status)) {
    return 'status';
  }
  if (money.amount.amount !== line.amount || money.amount.currency !== line.currency) {
    return 'amount';
  }
  const areFeesKnown = line.fee !== null && money.fee !== null && line.status === 'succeeded';
  return areFeesAgreed && areFeesKnown && line.fee !== money.fee ? 'fee' : undefined;
}

interface Terms {
  readonly areFeesAgreed: boolean;
  /** Whether the file of the day after the line's was looked at too. */
  readonly isNextFileThere: boolean;
}

/** Compares a line with what our books have of it. */
export function compareLine(line: BillLineRow, money: BookedMoney | null, terms: Terms): Compared {
  const kind = findKind(line, money, terms.areFeesAgreed);
  if (kind === undefined) {
    return { line, money, finding: null };
  }
  const subject = subjectOf(line.type, line.transaction_id);
  const isCarried = line.status === 'pending' && !terms.isNextFileThere;
  return { line, money, finding: { kind, subject, isCarried, line, money } };
}

/** The second, third, … appearance of a movement. */
export function toDuplicate(line: BillLineRow, occurrence: number): Finding {
  const subject = `${subjectOf(line.type, line.transaction_id)}#${occurrence}`;
  return { kind: 'duplicate', subject, isCarried: false, line, money: null };
}

/** Money of ours that stands in no bill. */
export function toMissingThere(money: BookedMoney, isCarried: boolean): Finding {
  const subject = subjectOf(money.type, money.transactionId ?? money.number);
  return { kind: 'missing_there', subject, isCarried, line: null, money };
}
