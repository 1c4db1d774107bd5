/** Lines of bills against the money in our books, and the other way round: a page at a time, by indexed look-ups. */
import type { Reader } from '../../kernel/db/index.ts';
import type { Book, BookedMoney, ProviderAccount } from '../payments/index.ts';
import type { AccountDays } from './account-days.ts';
import { findAppearances, findLinesByNumber, findLinesByTransaction } from './bill-line-repository.ts';
import {
  type Compared,
  compareLine,
  type Finding,
  subjectOf,
  toDuplicate,
  toMissingThere,
} from './difference.ts';
import type { BillLineRow } from './tables.ts';

/** What a comparison looks things up in. */
export interface Comparison {
  readonly db: Reader;
  readonly account: ProviderAccount;
  readonly books: readonly Book[];
  readonly days: AccountDays;
  /** Whether another fee than ours is a difference. */
  readonly areFeesAgreed: boolean;
}

export interface ComparedLines {
  /** One for each line, in their order. */
  readonly compared: readonly Compared[];
  /** Of later files, in which a movement of these lines appears a second time. */
  readonly repeatedLater: readonly Finding[];
}

const keyOf = (line: BillLineRow) => subjectOf(line.type, line.transaction_id);

/** Files are ordered by their day, lines by their place in the file. */
function byPlace(a: BillLineRow, b: BillLineRow): number {
  if (a.bill_date !== b.bill_date) {
    return a.bill_date < b.bill_date ? -1 : 1;
  }
  return a.position - b.position;
}

/** The movements of the lines that appear more than once in the account's files, with all their lines in order. */
async function findRepeated(
  { db, account, days }: Comparison,
  lines: readonly BillLineRow[],
): Promise<Map<string, BillLineRow[]>> {
  const ids = [...new Set(lines.map((line) => line.transaction_id))];
  const places = (await findAppearances(db, account, ids)).filter(days.isCurrent);
  const counted = Map.groupBy(places, ({ transaction_id: id }) => id);
  const repeated = ids.filter((id) => (counted.get(id)?.length ?? 0) > 1);
  const all = await findLinesByTransaction(db, account, repeated);
  return Map.groupBy(all.filter(days.isCurrent).sort(byPlace), keyOf);
}

/** Which of these numbers of the provider's stand in a file. */
async function findBilled(
  { db, account, days }: Comparison,
  type: string,
  transactionIds: readonly string[],
): Promise<Set<string>> {
  const places = await findAppearances(db, account, transactionIds);
  return new Set(
    places
      .filter((place) => place.type === type && days.isCurrent(place))
      .map(({ transaction_id: id }) => id),
  );
}

/** A snapshot of something under way says nothing any more once a later line tells how it ended. */
function isOutdated(line: BillLineRow, appearances: readonly BillLineRow[]): boolean {
  return (
    line.status === 'pending' &&
    appearances.some((other) => other.status !== 'pending' && byPlace(other, line) > 0)
  );
}

/** Compares each line with what the books have of it. */
export async function compareLines(
  comparison: Comparison,
  lines: readonly BillLineRow[],
): Promise<ComparedLines> {
  const { books, days, areFeesAgreed } = comparison;
  const repeated = await findRepeated(comparison, lines);
  const known = new Map<BillLineRow, BookedMoney>();
  for (const book of books) {
    const ofType = lines.filter(({ type }) => type === book.type);
    for (const [line, money] of await findMoney(comparison, book, ofType)) {
      known.set(line, money);
    }
  }
  const repeatedLater: Finding[] = [];
  const compared = lines.map((line): Compared => {
    const all = repeated.get(keyOf(line)) ?? [];
    const money = known.get(line) ?? null;
    if (isOutdated(line, all) || !books.some(({ type }) => type === line.type)) {
      return { line, money, finding: null };
    }
    const places = all.filter(({ status }) => status === 'succeeded');
    const place = places.findIndex((other) => isSamePlace(other, line));
    if (place > 0) {
      return { line, money: null, finding: toDuplicate(line, place + 1) };
    }
    repeatedLater.push(
      ...places.flatMap((other, index) =>
        place === 0 && other.run_id !== line.run_id ? [toDuplicate(other, index + 1)] : [],
      ),
    );
    return compareLine(line, money, { areFeesAgreed, isNextFileThere: days.isNextFileThere(line.bill_date) });
  });
  return { compared, repeatedLater };
}

function isSamePlace(a: BillLineRow, b: BillLineRow): boolean {
  return a.run_id === b.run_id && a.position === b.position;
}

/** By line, the money that it is about: by the provider's number first, then by ours. */
async function findMoney(
  comparison: Comparison,
  book: Book,
  lines: readonly BillLineRow[],
): Promise<Map<BillLineRow, BookedMoney>> {
  const { db, account } = comparison;
  const keys = lines.map((line) => ({ transactionId: line.transaction_id, number: line.number }));
  const found = keys.length === 0 ? [] : await book.find(db, account, keys);
  const named = new Map(found.filter(isAt(account)).map((money) => [money.transactionId, money]));
  const numbered = lines.filter(({ transaction_id: id, number }) => number !== null && !named.has(id));
  const pairs = await pairByNumber(
    comparison,
    book,
    numbered.map(({ number }) => number as string),
  );
  const byLine = new Map(pairs.map(({ line, money }) => [keyOf(line), money]));
  return new Map(
    lines.flatMap((line): [BillLineRow, BookedMoney][] => {
      const money = named.get(line.transaction_id) ?? byLine.get(keyOf(line));
      return money === undefined ? [] : [[line, money]];
    }),
  );
}

function isAt({ merchantAccount }: ProviderAccount): (money: BookedMoney) => boolean {
  return (money) => money.merchantAccount === merchantAccount;
}

interface Pair {
  readonly line: BillLineRow;
  readonly money: BookedMoney;
}

/**
 * Some bills name a movement otherwise than the answers do: then our number says what it is. Lines and money that know
 * each other by the provider's number are taken; of what is left under a number the equal amounts belong together, and
 * then whatever comes first.
 */
async function pairByNumber(comparison: Comparison, book: Book, numbers: readonly string[]): Promise<Pair[]> {
  const { db, account, days } = comparison;
  if (numbers.length === 0) {
    return [];
  }
  const lines = (await findLinesByNumber(db, account, numbers))
    .filter((line) => line.type === book.type && days.isCurrent(line))
    .sort(byPlace);
  const keys = [
    ...lines.map((line) => ({ transactionId: line.transaction_id, number: line.number })),
    ...numbers.map((number) => ({ transactionId: null, number })),
  ];
  const money = await book.find(db, account, keys);
  const transactionIds = money.flatMap(({ transactionId }) => transactionId ?? []);
  const billed = await findBilled(comparison, book.type, transactionIds);
  const booked = new Set(money.filter(isAt(account)).map(({ transactionId }) => transactionId));
  const freeLines = new Map(
    lines.filter((line) => !booked.has(line.transaction_id)).map((line) => [line.transaction_id, line]),
  );
  const freeMoney = money.filter((one) => !isAt(account)(one) || !billed.has(one.transactionId ?? ''));
  const moneyOf = Map.groupBy(freeMoney, ({ number }) => number);
  return [...Map.groupBy(freeLines.values(), ({ number }) => number)].flatMap(([number, ofNumber]) =>
    pairUp(ofNumber, moneyOf.get(number ?? '') ?? []),
  );
}

function pairUp(lines: readonly BillLineRow[], money: readonly BookedMoney[]): Pair[] {
  const left = [...money];
  const pairs: Pair[] = [];
  const take = (line: BillLineRow, isWanted: (money: BookedMoney) => boolean) => {
    const index = left.findIndex(isWanted);
    const [taken] = index < 0 ? [] : left.splice(index, 1);
    if (taken !== undefined) {
      pairs.push({ line, money: taken });
    }
    return taken !== undefined;
  };
  const unequal = lines.filter(
    (line) => !take(line, ({ amount }) => amount.amount === line.amount && amount.currency === line.currency),
  );
  for (const line of unequal) {
    take(line, () => true);
  }
  return pairs;
}

/** Of money that succeeded, what stands in no file of the account. */
export async function findMissingThere(
  comparison: Comparison,
  book: Book,
  money: readonly BookedMoney[],
): Promise<Finding[]> {
  const { days } = comparison;
  const transactionIds = money.flatMap(({ transactionId }) => transactionId ?? []);
  const billed = await findBilled(comparison, book.type, transactionIds);
  const unnamed = money.filter(({ transactionId }) => !billed.has(transactionId ?? ''));
  const pairs = await pairByNumber(
    comparison,
    book,
    unnamed.map(({ number }) => number),
  );
  const paired = new Set(pairs.map(({ money: { id } }) => id));
  return unnamed
    .filter(({ id }) => !paired.has(id))
    .map((one) => toMissingThere(one, !days.areFilesThere(one.occurredAt)));
}
