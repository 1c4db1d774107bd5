/** A shop that takes bank transfers, and the people who pay refunds out by hand and find them on the bank's statement again. */
import { expect } from 'vitest';
import type { TestAnswer } from '../harness/api.ts';
import { newStaff, type TestStaff } from '../harness/staff.ts';
import { MINUTE, openStage, type Seen, type Stage } from './stage.ts';

const ACCOUNTS = [{ id: 'main', name: 'Suanpan', bank: 'Bank', number: '1', currency: 'CNY' }];
const ALL = [
  ...['bank_statements.read', 'bank_statements.import', 'bank_statements.confirm'],
  ...['refunds.write', 'payments.read'],
];

/** An order whose refund of 12.80 a person pays or has paid. */
export interface PaidBack {
  readonly orderId: string;
  readonly paymentId: string;
  readonly code: string;
  readonly refundId: string;
}

interface People {
  readonly importer: TestStaff;
  readonly assigner: TestStaff;
  readonly confirmer: TestStaff;
  readonly payer: TestStaff;
}

type Answer = Promise<TestAnswer>;

export interface PayoutDesk extends People {
  readonly stage: Stage;
  newPerson(): Promise<TestStaff>;
  /** Imports one movement, as the importer; answers its line. */
  importLine(amount: string, text: string): Promise<Seen>;
  act(line: Seen, verb: string, by: TestStaff, body?: object): Answer;
  /** As the assigner. */
  assign(line: Seen, body: object, by?: TestStaff): Answer;
  tell(refundId: string, verb: 'bounced' | 'paid-out', by: TestStaff): Answer;
  /** An order that was paid by transfer and then cancelled: its refund waits for a person. */
  cancelPaid(): Promise<PaidBack>;
  /** The same, and the payer has paid it. */
  payOut(): Promise<PaidBack>;
  /** The order's refunds a minute later. */
  refundsOf(orderId: string): Promise<Seen[]>;
  statesOf(orderId: string): Promise<string[]>;
}

/** What an answer was refused with, or its status. */
export const codeOf = ({ status, body }: TestAnswer): string | number => body.error ?? status;

export async function openPayoutDesk(): Promise<PayoutDesk> {
  const stage = await openStage({ environment: { BANK_TRANSFER_ACCOUNTS: JSON.stringify(ACCOUNTS) } });
  const buyer = await stage.newBuyer();
  const newPerson = () => newStaff(stage, ALL);
  const people: People = {
    ...{ importer: await newPerson(), assigner: await newPerson() },
    ...{ confirmer: await newPerson(), payer: await newPerson() },
  };
  let references = 0;

  const desk: PayoutDesk = {
    ...people,
    stage,
    newPerson,
    async importLine(amount, text) {
      references += 1;
      // More statements than somebody may import in a minute.
      stage.clock.advance(MINUTE / 4);
      const day = new Date(stage.clock.now()).toISOString().slice(0, 10);
      const answer = await stage.call('POST /admin/bank-statements/import?account=main', {
        token: desk.importer.token,
        headers: { 'content-type': 'text/csv' },
        body: `Date,Amount,Description,Bank reference\n${day},${amount},${text},REF${references}\n`,
      });
      expect(answer.status, JSON.stringify(answer.body)).toBe(200);
      const list = `GET /admin/bank-statement-lines?statementId=${answer.body.data.statementId}`;
      const { body } = await stage.call(list, { token: desk.importer.token });
      return body.data.items[0];
    },
    act: (line, verb, { token }, body = {}) =>
      stage.call(`POST /admin/bank-statement-lines/${line.id}/${verb}`, { token, body }),
    assign: (line, body, by = desk.assigner) =>
      desk.act(line, 'assign', by, { note: 'as the bank says', ...body }),
    tell: (refundId, verb, { token }) =>
      stage.call(`POST /admin/refunds/${refundId}/${verb}`, { token, body: { reference: 'slip 7' } }),
    async cancelPaid() {
      const order = await stage.place(buyer, [{ variantId: await stage.addVariant(), quantity: 1 }]);
      const { paymentId, parameters } = await stage.open(buyer, order.id, 'bank_transfer');
      const code = parameters.remittanceCode as string;
      const line = await desk.importLine('12.80', code);
      expect((await desk.act(line, 'confirm', desk.confirmer)).status).toBe(200);
      const cancelled = await stage.call(`POST /orders/${order.id}/cancel`, {
        token: buyer.token,
        body: { reason: 'changed my mind' },
      });
      expect(cancelled.status).toBeLessThan(300);
      const [refund] = await desk.refundsOf(order.id);
      expect(refund).toMatchObject({ status: 'sent', amount: 1_280, isByHand: true });
      return { orderId: order.id, paymentId, code, refundId: refund.id };
    },
    async payOut() {
      const paid = await desk.cancelPaid();
      expect((await desk.tell(paid.refundId, 'paid-out', desk.payer)).status).toBe(200);
      return paid;
    },
    async refundsOf(orderId) {
      await stage.pass(MINUTE);
      return (await stage.order(buyer, orderId)).refunds;
    },
    statesOf: async (orderId) => (await desk.refundsOf(orderId)).map(({ status }) => status),
  };
  return desk;
}
