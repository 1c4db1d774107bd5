/** Which column of a bank's CSV is what: found by its name, in English, Chinese and German. */

export type Field =
  | 'date'
  | 'amount'
  | 'credit'
  | 'debit'
  | 'currency'
  | 'counterparty'
  | 'description'
  | 'reference'
  | 'balance';

/** Names as {@link normalise} leaves them. */
const NAMES: Readonly<Record<Field, readonly string[]>> = {
  date: [
    ...['date', 'booking date', 'transaction date', 'posting date', 'buchungstag', 'buchungsdatum'],
    ...['交易日期', '记账日期', '入账日期', '交易时间', '日期'],
  ],
  amount: ['amount', 'transaction amount', 'betrag', '交易金额', '发生额', '金额'],
  credit: [
    ...['credit', 'credit amount', 'paid in', 'money in', 'haben'],
    ...['贷方金额', '贷方发生额', '收入', '收入金额', '转入金额'],
  ],
  debit: [
    ...['debit', 'debit amount', 'paid out', 'money out', 'soll'],
    ...['借方金额', '借方发生额', '支出', '支出金额', '转出金额'],
  ],
  currency: ['currency', 'ccy', 'waehrung', 'währung', '币种', '交易币种'],
  counterparty: [
    ...['counterparty', 'counterparty name', 'payer', 'name', 'auftraggeber', 'begünstigter'],
    ...['对方户名', '对方名称', '对方账户名称', '付款人名称'],
  ],
  description: [
    ...['description', 'details', 'text', 'purpose', 'remittance information', 'narrative', 'memo'],
    ...['payment reference', 'verwendungszweck', '摘要', '附言', '用途', '备注', '交易附言'],
  ],
  reference: [
    ...['bank reference', 'transaction id', 'transaction reference', 'entry reference', 'kundenreferenz'],
    ...['流水号', '交易流水号', '交易序号', '凭证号'],
  ],
  balance: ['balance', 'running balance', 'saldo', '余额', '账户余额', '本次余额'],
};

/** Where each field stands in a record. Only descriptions may stand in several columns. */
export interface Columns {
  readonly at: Readonly<Partial<Record<Field, readonly number[]>>>;
  /** Names that mean nothing to us. */
  readonly ignored: readonly string[];
}

/** What a person said which column is what: the name in the file for each field. */
export type ColumnNames = Readonly<Partial<Record<Field, string | undefined>>>;

const normalise = (name: string) =>
  name
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[_\s]+/g, ' ')
    // What banks add: `Amount (CNY)`, `金额(元)`.
    .replace(/\s*[([].*[)\]]\s*$/, '')
    .trim();

function fieldOf(name: string, named: ColumnNames): Field | undefined {
  const wanted = normalise(name);
  const byName = Object.entries(named).find(
    ([, given]) => given !== undefined && normalise(given) === wanted,
  );
  if (byName !== undefined) {
    return byName[0] as Field;
  }
  const found = Object.entries(NAMES).find(([, names]) => names.includes(wanted))?.[0] as Field | undefined;
  // A column that somebody has named for a field keeps others from being taken for it.
  return found !== undefined && named[found] !== undefined ? undefined : found;
}

/** Reads a record as a header; `undefined` when it does not name a date and an amount. */
export function readColumns(record: readonly string[], named: ColumnNames): Columns | undefined {
  const at: Partial<Record<Field, number[]>> = {};
  const ignored: string[] = [];
  record.forEach((name, index) => {
    const field = fieldOf(name, named);
    if (field === undefined || (at[field] !== undefined && field !== 'description')) {
      ignored.push(name);
    } else {
      at[field] = [...(at[field] ?? []), index];
    }
  });
  const hasAmount = at.amount !== undefined || (at.credit !== undefined && at.debit !== undefined);
  return at.date !== undefined && hasAmount
    ? { at, ignored: ignored.filter((name) => name !== '') }
    : undefined;
}

/** The text of a field in a record; several columns are joined. */
export function cellOf({ at }: Columns, record: readonly string[], field: Field): string {
  return (at[field] ?? [])
    .map((index) => (record[index] ?? '').trim())
    .filter((text) => text !== '')
    .join(' ');
}
