/** The bills of the day with twelve planted differences; exactly those must be found. */
import { logInStaff, type Stage } from '../cast.ts';
import type { ShopFolder } from '../shop-process.ts';
import type { Sale } from './buy.ts';
import { importStatement, type Transfer } from './by-hand.ts';

interface Day {
  readonly date: string;
  readonly sales: readonly Sale[];
  readonly transfer: Transfer;
}

interface Difference {
  readonly provider: string;
  readonly kind: string;
  readonly type: string;
  readonly number: string | null;
  readonly paymentNumber: string | null;
  readonly transactionId: string | null;
}

/** What is planted: in whose bill, what kind must be found, and about which payment; `null` is one that we do not have. */
interface Planted {
  readonly provider: string;
  readonly kind: string;
  readonly paymentId: string | null;
}

const PLANTED_COUNT = 12;

/** Of the sale by this method, `fault` happens in the bill, and must be found as `kind`. */
const SPOILT_LINES = [
  ['wechat_jsapi', 'missing_row', 'missing_there'],
  ['wechat_native', 'amount_differs', 'amount'],
  ['wechat_h5', 'fee_differs', 'fee'],
  ['alipay_qr', 'missing_row', 'missing_there'],
  ['alipay_page', 'amount_differs', 'amount'],
  ['alipay_wap', 'fee_differs', 'fee'],
  ['credit_card', 'missing_row', 'missing_there'],
  ['debit_card', 'amount_differs', 'amount'],
  ['paypal', 'duplicate_row', 'duplicate'],
] as const;

/** How the simulators call the providers, their bills, and what a line is named by. */
const BILLS: Readonly<Record<string, { provider: string; operation: string; named: string }>> = {
  wechat_pay: { provider: 'wechat-pay', operation: 'tradebill', named: 'outTradeNo' },
  alipay: { provider: 'alipay', operation: 'bill', named: 'outTradeNo' },
  stripe: { provider: 'stripe', operation: 'list_balance_transactions', named: 'paymentId' },
  // A fault strikes the first line of the day; there is one payment.
  paypal: { provider: 'paypal', operation: 'report', named: 'billDate' },
};

/** Bills that name a payment which we do not have. */
const PROVIDERS_WITH_EXTRA = ['wechat_pay', 'alipay'];

async function plantFault({ control }: Stage, provider: string, kind: string, name?: string): Promise<void> {
  const bill = BILLS[provider];
  if (bill === undefined) {
    throw new Error(`the bills of ${provider} can not be spoilt`);
  }
  const { named, ...where } = bill;
  const match = name === undefined ? {} : { [named]: name };
  await control('POST /faults', { body: { ...where, kind, match } });
}

async function plantAll(stage: Stage, { sales, date }: Day): Promise<Planted[]> {
  const planted: Planted[] = [];
  for (const [method, fault, kind] of SPOILT_LINES) {
    const sale = sales.find((one) => one.method === method);
    if (sale === undefined) {
      throw new Error(`nothing was bought by ${method}`);
    }
    await plantFault(stage, sale.provider, fault, sale.provider === 'paypal' ? date : sale.paymentId);
    planted.push({ provider: sale.provider, kind, paymentId: sale.paymentId });
  }
  for (const provider of PROVIDERS_WITH_EXTRA) {
    await plantFault(stage, provider, 'extra_row');
    planted.push({ provider, kind: 'missing_here', paymentId: null });
  }
  const stray = { code: 'none', amount: '88.00', mistake: 'no_code', bookedOn: date };
  await stage.control('POST /bank/pay', { body: stray });
  return [...planted, { provider: 'bank_transfer', kind: 'missing_here', paymentId: null }];
}

const keyOf = (provider: string, kind: string, paymentId: string | null) =>
  `${provider} ${kind} ${paymentId ?? 'of nobody'}`;

/** Finds exactly what was planted, or throws with what is too much and what is not there. */
function compare(planted: readonly Planted[], found: readonly Difference[], ours: ReadonlySet<string>): void {
  const expected = planted.map(({ provider, kind, paymentId }) => keyOf(provider, kind, paymentId));
  const seen = found.map(({ provider, kind, paymentNumber, number }) => {
    const paymentId = [paymentNumber, number].find((one) => one !== null && ours.has(one)) ?? null;
    return keyOf(provider, kind, paymentId);
  });
  const [missed, surplus] = [subtract(expected, seen), subtract(seen, expected)];
  if (missed.length > 0 || surplus.length > 0) {
    throw new Error(
      `not found: ${missed.join(', ') || 'nothing'}; not planted: ${surplus.join(', ') || 'nothing'}`,
    );
  }
}

function subtract(all: readonly string[], some: readonly string[]): string[] {
  const left = [...some];
  return all.filter((one) => {
    const index = left.indexOf(one);
    if (index >= 0) {
      left.splice(index, 1);
    }
    return index < 0;
  });
}

function print(found: readonly Difference[]): void {
  console.log(`\n${'provider'.padEnd(14)} ${'kind'.padEnd(14)} ${'of'.padEnd(8)} number`);
  for (const { provider, kind, type, number, transactionId } of found) {
    console.log(
      `${provider.padEnd(14)} ${kind.padEnd(14)} ${type.padEnd(8)} ${number ?? `(none; there it is ${transactionId ?? ''})`}`,
    );
  }
}

/** Runs `suanpan reconcile` over every account that has bills, on a day on which twelve things are wrong. */
export async function reconcileDay(stage: Stage, folder: ShopFolder, day: Day): Promise<void> {
  const { shop, step } = stage;
  const staff = await step('staff logs in again', async () => [
    await logInStaff(stage, 'admin', stage.adminPassword),
    'administrator',
  ]);
  const planted = await step('plant differences in the bills', async () => {
    const all = await plantAll(stage, day);
    if (all.length !== PLANTED_COUNT) {
      throw new Error(`${all.length} differences were planted`);
    }
    return [all, `${all.length} in ${new Set(all.map(({ provider }) => provider)).size} bills`];
  });
  await step('import the statement of the whole day', async () => [
    true,
    await importStatement(stage, staff),
  ]);
  const { items: sources } = await shop<{ items: { provider: string }[] }>(
    'GET /admin/reconciliation/sources',
    {
      token: staff,
    },
  );
  for (const { provider } of sources) {
    console.log(`\n$ suanpan reconcile --provider ${provider} --date ${day.date}`);
    const code = await folder.command('reconcile', '--provider', provider, '--date', day.date);
    const expected = planted.some((one) => one.provider === provider) ? 1 : 0;
    if (code !== expected) {
      throw new Error(`it ended with ${code} instead of ${expected}`);
    }
  }
  const { items: found } = await shop<{ items: Difference[] }>(
    'GET /admin/reconciliation/differences?state=open&limit=100',
    { token: staff },
  );
  print(found);
  const ours = new Set(day.sales.map(({ paymentId }) => paymentId).concat(day.transfer.paymentId));
  compare(planted, found, ours);
  console.log(`\nExactly the ${planted.length} planted differences were found.`);
}
