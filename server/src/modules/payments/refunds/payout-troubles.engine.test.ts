import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { tokenOf } from '../../../../test/harness/api.ts';
import { openPaymentsBench, type PaymentsBench } from '../../../../test/harness/payments.ts';
import { readRefunds } from '../../../../test/harness/read-refunds.ts';
import { systemActor } from '../../../kernel/actor.ts';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../kernel/clock.ts';
import { cancelJob } from '../../../kernel/jobs/index.ts';
import { listOpen } from '../../alerts/index.ts';
import { refundPoll } from '../jobs.ts';
import type { Purpose } from '../purpose.ts';

const tokenFor = (userId: string) => tokenOf({ userId, kind: 'staff', permissions: ['refunds.write'] });
const anna = tokenFor('usr_anna');
const bela = tokenFor('usr_bela');
const cyn = tokenFor('usr_cyn');

let bench: PaymentsBench;

beforeAll(async () => {
  bench = await openPaymentsBench();
});

beforeEach(() => {
  bench.gateway.refundsAreInstant = false;
  bench.gateway.calls.length = 0;
});

afterEach(async () => {
  expect(await bench.violations()).toEqual([]);
});

afterAll(() => bench.closeBench());

const refundsOf = (purpose: Purpose) => readRefunds(bench.db, purpose);

const post = (id: string, verb: string, token: string, body?: object) =>
  bench.api.call(`POST /admin/refunds/${id}/${verb}`, { token, ...(body !== undefined && { body }) });

const balanceOf = async (account: string) => {
  const rows = await bench.db.query
    .selectFrom('ledger_entries')
    .select('amount')
    .where('account', '=', account)
    .execute();
  return rows.reduce((sum, { amount }) => sum + amount, 0);
};

async function reserve(origin: 'cancel' | 'staff', byHand: boolean) {
  const { purpose } = await bench.buy();
  const { refundIds } = await bench.db.tx('test.refund', (tx) =>
    bench.payments.reserveRefund(tx, {
      ...{ purpose, amount: 'all', reason: 'damaged', origin, byHand },
      by: systemActor('test'),
    }),
  );
  await bench.drain();
  return { purpose, id: refundIds[0] as string };
}

describe('a payout by hand that its bank returns', () => {
  const bounce = (id: string, token: string) => post(id, 'bounced', token, { reference: 'back 7' });
  const payOut = (id: string, token: string) => post(id, 'paid-out', token, { reference: 'slip 7' });

  test('is undone in the ledger, and what is owed waits for a person again', async () => {
    const before = await balanceOf('payouts:CNY');
    const { purpose, id } = await reserve('cancel', true);
    expect((await bounce(id, bela)).body).toMatchObject({ code: 409, error: 'refund_not_paid_out' });
    expect((await payOut(id, anna)).status).toBe(200);
    expect((await balanceOf('payouts:CNY')) - before).toBe(-10_000);
    const answers = await Promise.all([bounce(id, bela), bounce(id, bela), bounce(id, cyn)]);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ body }) => body.error === 'refund_not_paid_out')).toHaveLength(2);
    expect(await balanceOf('payouts:CNY')).toBe(before);
    await bench.drain();
    const [first, second, ...others] = await refundsOf(purpose);
    expect(others).toEqual([]);
    expect(first).toMatchObject({ status: 'failed', failure: 'bounced', paid_out_by: 'usr_anna' });
    expect(second).toMatchObject({
      ...{ status: 'sent', by_hand: 1, replaces: id, amount: 10_000 },
      ...{ paid_out_by: null, handed_by: expect.stringMatching(/^usr_(bela|cyn)$/) },
    });
    expect(await listOpen(bench.db, [id])).toMatchObject([{ kind: 'refund_failed' }]);
    expect(await bench.purchase(purpose)).toMatchObject({ refund_done: 0, refund_under_way: 10_000 });
    const teller = second?.handed_by === 'usr_bela' ? bela : cyn;
    const refused = await payOut(second?.id as string, teller);
    expect(refused.body).toMatchObject({ code: 409, error: 'second_person_required' });
    expect((await payOut(second?.id as string, anna)).status).toBe(200);
    expect(await listOpen(bench.db, [id, second?.id as string])).toEqual([]);
    expect((await balanceOf('payouts:CNY')) - before).toBe(-10_000);
    const audit = await bench.db.query
      .selectFrom('audit_entries')
      .selectAll()
      .where('target_id', '=', id)
      .where('action', '=', 'refund.bounced')
      .execute();
    expect(audit).toHaveLength(1);
  });

  test('that staff had decided on has failed, and its money can be refunded anew', async () => {
    const { purpose, id } = await reserve('staff', true);
    await payOut(id, anna);
    expect((await bounce(id, anna)).body.data).toMatchObject({ status: 'failed', failure: 'bounced' });
    expect(await refundsOf(purpose)).toHaveLength(1);
    expect(await bench.purchase(purpose)).toMatchObject({ refund_done: 0, refund_under_way: 0 });
    const again = await bench.db.tx('test.again', (tx) =>
      bench.payments.reserveRefund(tx, {
        ...{ purpose, amount: 'all', reason: 'again', origin: 'staff', byHand: true },
        by: systemActor('test'),
      }),
    );
    expect(again.refundIds).toHaveLength(1);
  });

  test('was paid by a person: what a provider has returned does not bounce', async () => {
    bench.gateway.refundsAreInstant = true;
    const { id } = await reserve('cancel', false);
    expect((await bounce(id, anna)).body).toMatchObject({ code: 409, error: 'refund_not_paid_out' });
    expect((await bounce('ref_none', anna)).status).toBe(404);
  });
});

describe('a refund that its provider is told to finish', () => {
  const finish = (id: string, token = anna) => post(id, 'finish-abnormal', token, { to: 'merchant_account' });

  async function abnormal() {
    const { purpose, id } = await reserve('cancel', false);
    bench.gateway.refunds.get(id)!.state = 'abnormal';
    await bench.drain(2 * MINUTE_MS);
    expect(await refundsOf(purpose)).toMatchObject([{ status: 'abnormal' }]);
    return { purpose, id };
  }

  test('can be paid by nobody else, told by nobody else, while the order is out', async () => {
    const { purpose, id } = await abnormal();
    const meanwhile: { status: number; body: { error?: string } }[] = [];
    bench.gateway.fail('finishAbnormalRefund', {
      before: async () => {
        meanwhile.push(await post(id, 'by-hand', bela));
        meanwhile.push(await post(id, 'store-credit', bela));
        meanwhile.push(await finish(id, bela));
      },
    });
    expect((await finish(id)).body.data).toMatchObject({ status: 'succeeded', finishingAt: null });
    expect(meanwhile.map(({ status, body }) => `${status} ${body.error}`)).toEqual(
      Array.from({ length: 3 }, () => '409 refund_being_finished'),
    );
    expect(await refundsOf(purpose)).toMatchObject([{ status: 'succeeded', by_hand: 0, paid_from: null }]);
  });

  test('goes one way only, whoever is quicker', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { purpose, id } = await abnormal();
      const answers = await Promise.all([finish(id), post(id, 'by-hand', bela), finish(id, cyn)]);
      expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThan(0);
      const orders = bench.gateway.calls.filter((call) => call === `finishAbnormalRefund ${id}`);
      const [refund] = await refundsOf(purpose);
      expect([orders.length, refund?.by_hand]).toSatisfy(
        ([sent, byHand]: number[]) => (sent === 1 && byHand === 0) || (sent === 0 && byHand === 1),
      );
    }
  });

  test('stays its provider’s when the answer is lost, until a later question says that it is abnormal still', async () => {
    const { purpose, id } = await abnormal();
    bench.gateway.fail('finishAbnormalRefund', 'request_lost');
    expect((await finish(id)).status).toBe(502);
    expect((await post(id, 'by-hand', bela)).body.error).toBe('refund_being_finished');
    await bench.drain(20 * SECOND_MS);
    expect((await post(id, 'by-hand', bela)).body.error).toBe('refund_being_finished');
    await bench.drain(HOUR_MS);
    expect(await refundsOf(purpose)).toMatchObject([{ status: 'abnormal', finishing_at: null }]);
    expect((await post(id, 'by-hand', bela)).status).toBe(200);
  });

  test('stays its provider’s while that is working on it, however long', async () => {
    const { purpose, id } = await abnormal();
    const trade = bench.gateway.refunds.get(id)!;
    const { request } = trade;
    const facts = {
      ...{ amount: request.amount, paymentId: request.payment.id, merchantAccount: null },
      ...{ providerRefundId: `50${id}`, finishedAt: null },
    };
    bench.gateway.fail('finishAbnormalRefund', { answer: { outcome: 'pending', facts } });
    expect((await finish(id)).status).toBe(200);
    trade.state = 'pending';
    await bench.drain(HOUR_MS);
    expect((await post(id, 'by-hand', bela)).body.error).toBe('refund_being_finished');
    trade.state = 'succeeded';
    await bench.drain(HOUR_MS);
    expect(await refundsOf(purpose)).toMatchObject([{ status: 'succeeded', finishing_at: null }]);
  });

  test('that was refused is anybody’s again at once', async () => {
    const { id } = await abnormal();
    const reason = { code: 'PARAM_ERROR', message: 'no such bank' };
    bench.gateway.fail('finishAbnormalRefund', { answer: { outcome: 'failed', reason } });
    expect((await finish(id)).body.error).toBe('refund_not_accepted');
    expect((await post(id, 'by-hand', bela)).status).toBe(200);
  });

  test('that nobody asks about any more is found by the doctor', async () => {
    const { id } = await abnormal();
    await bench.db.tx('test.forget', (tx) => cancelJob(tx, refundPoll, id));
    expect(await bench.violations()).toMatchObject([{ invariant: 'I10', subject: id }]);
    expect((await post(id, 'by-hand', bela)).status).toBe(200);
  });

  test('is claimed under a CHECK: no row is by hand, or done, and being finished', async () => {
    const { id } = await abnormal();
    const write = (set: { by_hand?: number; status?: 'failed' }) =>
      bench.db.tx('test.break', (tx) =>
        tx.query
          .updateTable('refunds')
          .set({ ...set, finishing_at: tx.now })
          .where('id', '=', id)
          .execute(),
      );
    await expect(write({ by_hand: 1 })).rejects.toThrow();
    await expect(write({ status: 'failed' })).rejects.toThrow();
  });
});
