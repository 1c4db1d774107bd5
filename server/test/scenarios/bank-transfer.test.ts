import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { TestBuyer } from '../harness/app.ts';
import { newStaff, type TestStaff } from '../harness/staff.ts';
import { MINUTE, openStage, type Seen, type Stage } from './stage.ts';

const DAY = 24 * 60 * MINUTE;
const ACCOUNTS = [
  { id: 'main', name: 'Suanpan Ltd', bank: 'Bank of Tests', number: '6222 0000 1', currency: 'CNY' },
];

let stage: Stage;
let importer: TestStaff;
let confirmer: TestStaff;
let buyer: TestBuyer;
let order: Seen;
let code: string;
let paymentId: string;
let lines = 0;

beforeAll(async () => {
  stage = await openStage({ environment: { BANK_TRANSFER_ACCOUNTS: JSON.stringify(ACCOUNTS) } });
  importer = await newStaff(stage, ['bank_statements.read', 'bank_statements.import']);
  confirmer = await newStaff(stage, [
    'bank_statements.read',
    'bank_statements.import',
    'bank_statements.confirm',
  ]);
});

beforeEach(async () => {
  buyer = await stage.newBuyer();
  order = await stage.place(buyer, [{ variantId: await stage.addVariant(), quantity: 1 }]);
  const attempt = await stage.open(buyer, order.id, 'bank_transfer');
  paymentId = attempt.paymentId;
  code = attempt.parameters.remittanceCode as string;
});

afterAll(() => stage.close());

interface Movement {
  readonly amount: string;
  readonly text: string;
  readonly reference?: string;
}

const today = () => new Date(stage.clock.now()).toISOString().slice(0, 10);

function toCsv(movements: readonly Movement[]): string {
  const rows = movements.map(({ amount, text, reference }) => {
    lines += 1;
    return `${today()},${amount},Li Xiao,"${text}",${reference ?? `REF${lines}`}`;
  });
  return ['Date,Amount,Counterparty,Description,Bank reference', ...rows, ''].join('\n');
}

async function importCsv(csv: string, { token } = importer): Promise<Seen> {
  const answer = await stage.call('POST /admin/bank-statements/import?account=main', {
    token,
    headers: { 'content-type': 'text/csv' },
    body: csv,
  });
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return answer.body.data;
}

async function lineOf(payment: string, state?: string): Promise<Seen> {
  const query = `paymentId=${payment}${state === undefined ? '' : `&state=${state}`}`;
  const { body } = await stage.call(`GET /admin/bank-statement-lines?${query}`, { token: importer.token });
  return body.data.items[0];
}

const act = (line: Seen, verb: string, { token }: TestStaff, body: object = {}) =>
  stage.call(`POST /admin/bank-statement-lines/${line.id}/${verb}`, { token, body });

const seen = () => stage.order(buyer, order.id);

test('a transfer pays the order once a second person has confirmed its line, and not before', async () => {
  expect(await seen()).toMatchObject({ status: 'pending', payments: [{ status: 'pending' }] });
  const report = await importCsv(toCsv([{ amount: '12.80', text: `goods ${code.toLowerCase()}` }]));
  expect(report).toMatchObject({ totals: { matched: 1 }, lines: [{ outcome: 'matched', paymentId }] });
  expect(await seen()).toMatchObject({ status: 'pending', paymentStatus: 'unpaid' });
  const line = await lineOf(paymentId);

  expect((await act(line, 'confirm', importer)).status).toBe(403);
  const refused = await act(line, 'confirm', { ...importer, token: stage.adminToken });
  expect(refused.status).toBe(200);
  expect(refused.body.data).toMatchObject({ state: 'confirmed', importedBy: importer.userId });
  expect(await seen()).toMatchObject({ status: 'confirmed', paymentStatus: 'paid' });
  await stage.expectSound();
});

test('coins that are paid by transfer are credited when the second person has confirmed it, and not before', async () => {
  const pod = { name: '五十金币', coin: 5_000, price: 4_900 };
  const { body } = await stage.call('POST /admin/coin-pods', { token: stage.adminToken, body: pod });
  const wish = { podId: body.data.id, method: 'bank_transfer' };
  const placed = await stage.call('POST /coin/order', { token: buyer.token, body: wish });
  const { outTradeNo, parameters } = placed.body.data;
  await importCsv(toCsv([{ amount: '49.00', text: parameters.remittanceCode }]));
  const coins = async () => (await stage.call('GET /wallet', { token: buyer.token })).body.data.coin;
  expect(await coins()).toBe(0);
  expect((await act(await lineOf(outTradeNo), 'confirm', confirmer)).status).toBe(200);
  expect(await coins()).toBe(5_000);
  await stage.expectSound();
});

test('who has imported a line does not confirm it, and of two confirmers at once one is told that it is done', async () => {
  await importCsv(toCsv([{ amount: '12.80', text: code }]), confirmer);
  const line = await lineOf(paymentId);
  const own = await act(line, 'confirm', confirmer);
  expect([own.status, own.body.error]).toEqual([409, 'second_person_required']);
  expect(await seen()).toMatchObject({ paymentStatus: 'unpaid' });
  const others = await Promise.all([0, 1, 2, 3].map(() => newStaff(stage, ['bank_statements.confirm'])));
  const answers = await Promise.all(others.map((other) => act(line, 'confirm', other)));
  expect(answers.map(({ status }) => status).sort((a, b) => a - b)).toEqual([200, 409, 409, 409]);
  expect(await seen()).toMatchObject({ paymentStatus: 'paid', payments: [{ status: 'succeeded' }] });
  await stage.expectSound();
});

test('importing the same statement again, or one that overlaps, changes nothing', async () => {
  const csv = toCsv([
    { amount: '12.80', text: code },
    { amount: '5.00', text: 'somebody else' },
    { amount: '-3.00', text: 'bank fee' },
  ]);
  expect(await importCsv(csv)).toMatchObject({ totals: { matched: 1, unmatched: 1, recorded: 1, known: 0 } });
  const before = await stage.db.query.selectFrom('bank_statement_lines').selectAll().orderBy('id').execute();
  expect(await importCsv(csv)).toMatchObject({ totals: { matched: 0, unmatched: 0, recorded: 0, known: 3 } });
  const overlapping = `${csv.trimEnd()}\n${toCsv([{ amount: '1.00', text: 'new' }]).split('\n')[1]}\n`;
  const answers = await Promise.all([importCsv(overlapping), importCsv(overlapping, confirmer)]);
  expect(answers.map(({ totals }) => totals.unmatched).sort((a, b) => a - b)).toEqual([0, 1]);
  const after = await stage.db.query.selectFrom('bank_statement_lines').selectAll().orderBy('id').execute();
  expect(after.slice(0, before.length)).toEqual(before);
  expect(after).toHaveLength(before.length + 1);
});

test('short, over, second, foreign and unknown money is never matched, and says why', async () => {
  const report = await importCsv(
    toCsv([
      { amount: '12.79', text: code },
      { amount: '12.81', text: code },
      { amount: '12.80', text: code.replace(/.$/, (last) => (last === '0' ? '1' : '0')) },
      { amount: '12.80', text: code },
      { amount: '12.80', text: code },
    ]),
  );
  expect(report.lines.map(({ outcome, reason }: Seen) => reason ?? outcome)).toEqual([
    'short',
    'over',
    'unknown_code',
    'matched',
    'duplicate',
  ]);
  const unmatched = await lineOf(paymentId, 'unmatched');
  expect((await act(unmatched, 'confirm', confirmer)).body.error).toBe('illegal_transition');
  expect(await seen()).toMatchObject({ paymentStatus: 'unpaid' });
});

test('a line without its code is assigned by one person and confirmed by another', async () => {
  await importCsv(toCsv([{ amount: '12.80', text: 'for my tea', reference: `LOST${paymentId.slice(-6)}` }]));
  const { body } = await stage.call('GET /admin/bank-statement-lines?reason=unknown_code&limit=1', {
    token: importer.token,
  });
  const line = body.data.items[0];
  const assigned = await act(line, 'assign', confirmer, { remittanceCode: code, note: 'the buyer called' });
  expect(assigned.body.data).toMatchObject({ state: 'matched', assignedBy: confirmer.userId });
  expect((await act(line, 'confirm', confirmer)).body.error).toBe('second_person_required');
  const other = await newStaff(stage, ['bank_statements.confirm']);
  expect((await act(line, 'confirm', other)).status).toBe(200);
  expect(await seen()).toMatchObject({ paymentStatus: 'paid' });
  await stage.expectSound();
});

test('what is short needs the consent of two people, and what came twice goes back by hand', async () => {
  await importCsv(toCsv([{ amount: '12.00', text: code }]));
  const short = await lineOf(paymentId, 'unmatched');
  const refused = await act(short, 'assign', importer, { paymentId, note: 'nearly' });
  expect([refused.body.error, refused.body.details.reason]).toEqual(['line_does_not_fit', 'short']);
  const agreed = { paymentId, note: 'a regular customer', acceptsDifference: true };
  expect((await act(short, 'assign', importer, agreed)).status).toBe(200);
  expect((await act(short, 'confirm', confirmer)).status).toBe(200);
  expect(await seen()).toMatchObject({ paymentStatus: 'paid' });

  await importCsv(toCsv([{ amount: '12.80', text: code }]));
  const second = await lineOf(paymentId, 'unmatched');
  expect(second).toMatchObject({ reason: 'duplicate' });
  expect((await act(second, 'assign', importer, { ...agreed, note: 'paid twice' })).status).toBe(200);
  expect((await act(second, 'confirm', confirmer)).status).toBe(200);
  await stage.pass(MINUTE);
  expect((await seen()).refunds).toMatchObject([{ amount: 1_280, isSurplus: true, status: 'sent' }]);
  await stage.expectSound();
});

test('money that comes after the order has closed goes back by hand', async () => {
  await stage.pass(3 * DAY + 16 * MINUTE);
  expect(await seen()).toMatchObject({ status: 'closed', payments: [{ status: 'closed' }] });
  await importCsv(toCsv([{ amount: '12.80', text: code }]));
  const late = await lineOf(paymentId);
  expect(late).toMatchObject({ state: 'unmatched', reason: 'closed' });
  expect((await act(late, 'assign', importer, { paymentId, note: 'too late' })).status).toBe(200);
  expect((await act(late, 'confirm', confirmer)).status).toBe(200);
  await stage.pass(MINUTE);
  expect(await seen()).toMatchObject({ status: 'closed', refunds: [{ isSurplus: true, status: 'sent' }] });
  await stage.expectSound();
});

test('a transfer that bounces is reversed by the line that tells of it, with two people and an alert', async () => {
  await importCsv(toCsv([{ amount: '12.80', text: code }]));
  const received = await lineOf(paymentId);
  expect((await act(received, 'confirm', confirmer)).status).toBe(200);
  expect(await importCsv(toCsv([{ amount: '-12.80', text: `returned ${code}` }]))).toMatchObject({
    totals: { matched: 1 },
  });
  const bounced = await lineOf(paymentId, 'matched');
  expect((await act(bounced, 'confirm', confirmer)).status).toBe(200);
  expect(await lineOf(paymentId, 'reversed')).toMatchObject({ id: received.id });
  expect(await seen()).toMatchObject({ paymentStatus: 'refunded' });
  expect(await stage.openAlerts()).toContain('refund_by_provider');
  await stage.expectSound();
});

test('a reversal that staff asks for is confirmed by somebody else, and counts once', async () => {
  await importCsv(toCsv([{ amount: '12.80', text: code }]));
  const line = await lineOf(paymentId);
  await act(line, 'confirm', confirmer);
  const note = { note: 'the bank has written' };
  expect((await act(line, 'request-reversal', confirmer, note)).body.data).toMatchObject({
    state: 'reversing',
  });
  expect((await act(line, 'confirm-reversal', confirmer)).body.error).toBe('second_person_required');
  expect((await act(line, 'withdraw-reversal', importer, note)).body.data).toMatchObject({
    state: 'confirmed',
  });
  expect(await seen()).toMatchObject({ paymentStatus: 'paid' });
  await act(line, 'request-reversal', importer, note);
  const others = await Promise.all([0, 1].map(() => newStaff(stage, ['bank_statements.confirm'])));
  const answers = await Promise.all(others.map((other) => act(line, 'confirm-reversal', other)));
  expect(answers.map(({ status }) => status).sort((a, b) => a - b)).toEqual([200, 409]);
  expect(await seen()).toMatchObject({ paymentStatus: 'refunded' });
  expect(await importCsv(toCsv([{ amount: '-12.80', text: code }]))).toMatchObject({
    totals: { recorded: 1 },
  });
  await stage.expectSound();
});

test('a line that is none of ours is dismissed with a note, and can be looked at again', async () => {
  await importCsv(toCsv([{ amount: '7.00', text: code }]));
  const line = await lineOf(paymentId);
  expect((await act(line, 'dismiss', importer, { as: 'not_ours' })).status).toBe(400);
  const dismissed = await act(line, 'dismiss', importer, { as: 'returned', note: 'sent back today' });
  expect(dismissed.body.data).toMatchObject({ state: 'dismissed', reason: 'returned' });
  const again = await act(line, 'reopen', importer, { note: 'it came back' });
  expect(again.body.data).toMatchObject({ state: 'unmatched' });
});

test('a file with a line that can not be read imports nothing, and says which in the language of the reader', async () => {
  const csv = `${toCsv([{ amount: '12.80', text: code }])}${today()},many,Li,x,R\n`;
  const answer = await stage.call('POST /admin/bank-statements/import?account=main', {
    token: importer.token,
    headers: { 'content-type': 'text/csv', 'accept-language': 'zh' },
    body: csv,
  });
  expect(answer.body.data).toMatchObject({
    statementId: null,
    lines: [],
    problems: [{ line: 3, message: '"many" 不是有效的 CNY 金额。' }],
  });
  expect(await lineOf(paymentId)).toBeUndefined();
  const unknown = await stage.call('POST /admin/bank-statements/import?account=other', {
    token: importer.token,
    headers: { 'content-type': 'text/csv' },
    body: csv,
  });
  expect(unknown.body.error).toBe('bank_account_unknown');
});

test('the statement of a bank with payers who make mistakes, in its own form, is sorted line by line', async () => {
  const { bank } = stage.simulators;
  const payment = { code, amount: '12.80', account: 'main', bookedOn: today() };
  for (const mistake of ['short', 'over', 'mistyped_code', 'no_code', 'twice'] as const) {
    bank.pay({ ...payment, mistake });
  }
  bank.move({ account: 'main', amount: -300, currency: 'CNY', text: '手续费' });
  const report = await importCsv(bank.statement({ account: 'main', format: 'chinese' }));
  expect(report.lines.map(({ outcome, reason }: Seen) => reason ?? outcome)).toEqual([
    'short',
    'over',
    'unknown_code',
    'unknown_code',
    'matched',
    'duplicate',
    'outgoing',
  ]);
  expect(report.ignoredColumns).toEqual([]);
});
