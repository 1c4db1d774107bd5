import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openSimulatedUnitel, type SimulatedUnitel } from '../harness/simulated-unitel.ts';

let stage: SimulatedUnitel;

beforeAll(async () => {
  stage = await openSimulatedUnitel();
});
beforeEach(() => stage.reset());
afterAll(() => stage.close());

const sendsOf = (reference: string) => stage.simulators.unitel.listSends({ journalId: reference });

describe('what is on sale', () => {
  test('a prepaid number is offered credit and data, in hundredths of a tugrik', async () => {
    const found = await stage.operator.listTariffs('88000001');
    expect(found).toMatchObject({ outcome: 'found', plan: 'prepaid' });
    const tariffs = found.outcome === 'found' ? found.tariffs : [];
    expect(tariffs).toContainEqual({
      ...{
        type: 'recharge',
        group: 'day',
        code: 'SD5000',
        price: 500_000,
        units: 5_000,
        data: null,
        days: 30,
      },
      ...{ name: '5000 нэгж, 30 хоног', englishName: '5000 units, 30 days' },
    });
    expect(tariffs.find(({ code }) => code === 'data3gb2d')).toMatchObject({
      type: 'data',
      data: '3GB',
      days: 2,
    });
  });

  test('a post-paid number is offered data, and tells what it owes', async () => {
    expect(await stage.operator.listTariffs('80000001')).toMatchObject({
      outcome: 'found',
      plan: 'postpaid',
    });
    expect(await stage.operator.readBill?.('80000001')).toEqual({
      outcome: 'found',
      bill: { due: 2_500_000, invoiceAmount: 2_500_000, period: '2026.11.01-2026.11.28' },
    });
    stage.simulators.unitel.changeSubscriber('80000001', { unpaid: 0 });
    expect(await stage.operator.readBill?.('80000001')).toMatchObject({ bill: { due: 0 } });
  });

  test('a number that the operator does not know is refused, and trouble on the way is not a refusal', async () => {
    expect(await stage.operator.listTariffs('88')).toMatchObject({
      outcome: 'refused',
      reason: { code: '101' },
    });
    for (const kind of ['error', 'truncated_body', 'rate_limit']) {
      stage.plan('servicetype', kind);
      stage.plan('invoice', kind);
      expect(await stage.operator.listTariffs('88000001'), kind).toMatchObject({ outcome: 'unavailable' });
      expect(await stage.operator.readBill?.('80000001'), kind).toMatchObject({ outcome: 'unavailable' });
    }
  });
});

describe('tokens', () => {
  test('one is kept for 90 seconds, and fetched once for all who wait', async () => {
    const list = () => stage.operator.listTariffs('88000001');
    await Promise.all([list(), list(), list()]);
    expect(stage.asked().filter((operation) => operation === 'auth')).toHaveLength(1);
    stage.clock.advance(89_000);
    await list();
    expect(stage.asked().filter((operation) => operation === 'auth')).toHaveLength(1);
    stage.clock.advance(1_000);
    await list();
    expect(stage.asked().filter((operation) => operation === 'auth')).toHaveLength(2);
  });

  test('a question that is refused for its token is asked once more with another one', async () => {
    await stage.operator.listTariffs('88000001');
    stage.simulators.unitel.revokeTokens();
    expect(await stage.operator.listTariffs('88000001')).toMatchObject({ outcome: 'found' });
    expect(stage.asked()).toEqual(['auth', 'servicetype', 'servicetype', 'auth', 'servicetype']);
  });

  test('two refusals in a row are the end of it', async () => {
    stage.plan('servicetype', 'unauthorised');
    stage.plan('servicetype', 'unauthorised');
    expect(await stage.operator.listTariffs('88000001')).toMatchObject({
      outcome: 'unavailable',
      reason: { code: 'unauthorised' },
    });
  });

  test('without a token nothing is prepared', async () => {
    stage.plan('auth', 'error');
    expect(await stage.operator.prepare()).toMatchObject({
      outcome: 'unavailable',
      reason: { code: 'http_500' },
    });
  });
});

describe('a delivery', () => {
  test('is delivered with its numbers and its tax bill, in one request', async () => {
    const result = await stage.deliver({ reference: 'top_one', vatRegisterNumber: '5036895' });
    expect(result).toMatchObject({
      outcome: 'delivered',
      receipt: { sequence: expect.stringMatching(/^\d{16}$/) },
    });
    const receipt = result.outcome === 'delivered' ? result.receipt : undefined;
    expect(receipt?.serviceId).toMatch(/^P_ETOPUP_/);
    expect(JSON.parse(receipt?.vatBill ?? '')).toMatchObject({ amount: '5000.00', customerNo: '5036895' });
    expect(sendsOf('top_one')).toMatchObject([{ msisdn: '88000001', code: 'SD5000', amount: '5000' }]);
  });

  test.each([
    ['data', { type: 'data', code: 'data3gb2d', amount: 250_000 }, 'datapackage', '2500'],
    ['bill', { type: 'bill', code: null, amount: 2_500_000, msisdn: '80000001' }, 'payment', '25000'],
  ] as const)('of a %s goes where it belongs', async (_type, change, operation, amount) => {
    expect(await stage.deliver({ reference: 'top_two', ...change })).toMatchObject({ outcome: 'delivered' });
    expect(sendsOf('top_two')).toMatchObject([{ operation, amount, outcome: 'delivered' }]);
  });

  test('that the operator refuses is refused, with its code', async () => {
    stage.plan('recharge', 'refused', { code: '207', message: 'Not enough deposit' });
    expect(await stage.deliver()).toEqual({
      outcome: 'refused',
      reason: { code: '207', message: 'Not enough deposit' },
    });
  });

  test.each([
    ['commit_then_timeout', { ms: 1 }, 'delivered'],
    ['error_after_commit', {}, 'delivered'],
    ['truncated_body', {}, 'delivered'],
    ['malformed', {}, 'delivered'],
    ['unauthorised_after_commit', {}, 'delivered'],
    ['unauthorised', {}, 'received'],
    ['error', {}, 'received'],
    ['rate_limit', {}, 'received'],
    ['connection_refused', {}, 'received'],
  ])('whose answer is lost or unclear (%s) is unknown, and sent once', async (kind, params, outcome) => {
    stage.plan('recharge', kind, params);
    expect(await stage.deliver({ reference: 'top_lost' })).toMatchObject({ outcome: 'unknown' });
    expect(sendsOf('top_lost')).toMatchObject([{ outcome }]);
    expect(sendsOf('top_lost')).toHaveLength(1);
  });

  test('for which the token has ended is unknown, and not sent with another one', async () => {
    const permit = await stage.permit();
    stage.simulators.unitel.revokeTokens();
    expect(await stage.operator.deliver(stage.newDelivery(), permit, 5_000)).toMatchObject({
      outcome: 'unknown',
      reason: { code: 'unauthorised' },
    });
    expect(stage.asked()).toEqual(['auth', 'recharge']);
  });

  test('whose first byte could not leave in time, or whose connection is refused, is not sent', async () => {
    expect(await stage.deliver({ reference: 'top_late' }, 0)).toMatchObject({ outcome: 'not_sent' });
    const permit = await stage.permit();
    stage.reset({ baseUrl: 'http://127.0.0.1:9/api/v1' });
    expect(await stage.operator.deliver(stage.newDelivery(), permit, 5_000)).toEqual({
      outcome: 'not_sent',
      reason: { code: 'connection_refused', message: 'Unitel could not be reached.' },
    });
    expect(stage.simulators.unitel.countSends().received).toBe(0);
  });

  test('is kept for people to read without the number, the card or the credentials', async () => {
    await stage.deliver({ msisdn: '88765432', vatRegisterNumber: '5036895' });
    const stored = await stage.storedCalls();
    expect(stored).toContain('/service/recharge');
    for (const secret of ['88765432', '5036895"', stage.simulators.unitel.account().password, 'SD5000']) {
      expect(stored).not.toContain(secret);
    }
  });
});

test('an account without tax bills asks for none', async () => {
  stage.reset({ hasVatBill: false });
  const result = await stage.deliver({ vatRegisterNumber: '5036895' });
  expect(result).toMatchObject({ outcome: 'delivered', receipt: { vatBill: null } });
  const [request] = stage.simulators.requests.list({ operation: 'recharge' });
  expect(JSON.parse(request?.body ?? '')).toMatchObject({ vatflag: '0', vat_register_no: '' });
});
