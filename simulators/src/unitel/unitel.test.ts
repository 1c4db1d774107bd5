import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Simulators, startSimulators } from '../index.ts';

/** The base clock stands still, so that only the test moves time. */
const START = Date.parse('2026-11-20T12:00:00+08:00');

let simulators: Simulators;

beforeAll(async () => {
  simulators = await startSimulators({ delivery: 'manual', now: () => START });
});
afterAll(() => simulators.close());

interface Told {
  status: number;
  json: Record<string, unknown> & { service?: { cards: Record<string, { code: string; price: number }[]> } };
}

async function post(path: string, body: unknown, authorization: string): Promise<Told> {
  const response = await fetch(`${simulators.unitelUrl}/api/v1${path}`, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: response.status, json: (await response.json()) as Told['json'] };
}

async function token(): Promise<string> {
  const { username, password } = simulators.unitel.account();
  const credentials = Buffer.from(`${username}:${password}`).toString('base64');
  const { json } = await post('/auth', {}, `Basic ${credentials}`);
  expect(json).toMatchObject({ token_type: 'Bearer', expires_in: 120 });
  return `Bearer ${String(json.access_token)}`;
}

const recharge = (journalId: string, change: object = {}) => ({
  ...{ msisdn: '88000001', card: 'SD5000', vatflag: '1', vat_register_no: '' },
  transactions: [{ journal_id: journalId, amount: '5000', description: 'a card', account: 'shop' }],
  ...change,
});

const plan = (operation: string, kind: string, params: Record<string, unknown> = {}) =>
  void simulators.faults.set({ provider: 'unitel', operation, kind, params });

describe('tokens', () => {
  test('wrong credentials and a made-up token are 401 in its own form', async () => {
    expect(await post('/auth', {}, 'Basic bm9ib2R5Om5vdGhpbmc=')).toEqual({
      status: 401,
      json: { result: '401', msg: 'Unauthorized' },
    });
    expect((await post('/service/servicetype', { msisdn: '88000001' }, 'Bearer nothing')).status).toBe(401);
  });

  test('a token ends after two minutes, or when it is revoked', async () => {
    const first = await token();
    expect((await post('/service/servicetype', { msisdn: '88000001' }, first)).status).toBe(200);
    simulators.advanceClock(120_000);
    expect((await post('/service/servicetype', { msisdn: '88000001' }, first)).status).toBe(401);
    const second = await token();
    simulators.unitel.revokeTokens();
    expect((await post('/service/servicetype', { msisdn: '88000001' }, second)).status).toBe(401);
  });
});

describe('what is sold', () => {
  test('a prepaid number is offered cards and packages, a post-paid one packages and its bill', async () => {
    const bearer = await token();
    const prepaid = (await post('/service/servicetype', { msisdn: '88000002' }, bearer)).json;
    expect(prepaid).toMatchObject({ result: 'success', code: '000', servicetype: 'PREPAID' });
    expect(prepaid.service?.cards.day?.map(({ code }) => code)).toContain('SD5000');
    const postpaid = (await post('/service/servicetype', { msisdn: '80000001' }, bearer)).json;
    expect(postpaid).toMatchObject({ servicetype: 'POSTPAID', service: { cards: { day: [] } } });
    const bill = (await post('/service/unitel', { owner: '80000001', msisdn: '80000001' }, bearer)).json;
    expect(bill).toMatchObject({ total_unpaid: 25_000, invoice_status: 'unpaid' });
  });

  test('a number of somebody else is refused', async () => {
    const { json } = await post('/service/servicetype', { msisdn: '99000001' }, await token());
    expect(json).toMatchObject({ result: 'failed', code: '101' });
  });
});

describe('deliveries', () => {
  test('a card gives credit and a VAT bill, and nothing keeps the same number from being delivered again', async () => {
    const bearer = await token();
    const answer = (await post('/service/recharge', recharge('J-1'), bearer)).json;
    expect(answer).toMatchObject({
      result: 'success',
      method: 'cash',
      vat: { amount: '5000.00', vat: '454.55' },
    });
    expect(answer.seq).toMatch(/^\d{16}$/);
    await post('/service/recharge', recharge('J-1'), bearer);
    expect(simulators.unitel.subscriber('88000001').credit).toBe(10_000);
    expect(simulators.unitel.countSends()).toMatchObject({
      received: 2,
      mostPerJournal: 2,
      repeated: [{ journalId: 'J-1', received: 2, delivered: 2 }],
    });
  });

  test('a bill is paid by its amount', async () => {
    const body = {
      ...recharge('J-2', { msisdn: '80000002' }),
      card: undefined,
      amount: '5000',
      remark: 'bill',
    };
    expect((await post('/service/payment', body, await token())).json.result).toBe('success');
    expect(simulators.unitel.subscriber('80000002').unpaid).toBe(20_000);
  });

  test.each([
    ['an unknown card', { card: 'SD1' }, '103'],
    ['another amount', { transactions: [{ journal_id: 'J-3', amount: '1' }] }, '104'],
    ['no journal_id', { transactions: [{ amount: '5000' }] }, '102'],
    ['no VAT flag', { vatflag: undefined }, '102'],
    ['a card for a post-paid number', { msisdn: '80000003' }, '103'],
  ])('%s is refused, and counted as received', async (_name, change, code) => {
    const before = simulators.unitel.countSends();
    const { json } = await post('/service/recharge', recharge('J-3', change), await token());
    expect(json).toMatchObject({ result: 'failed', code });
    const after = simulators.unitel.countSends();
    expect([after.received - before.received, after.delivered - before.delivered]).toEqual([1, 0]);
  });
});

describe('faults', () => {
  test('what is delivered and answered otherwise is delivered', async () => {
    for (const kind of [
      'error_after_commit',
      'refused_after_commit',
      'unauthorised_after_commit',
      'malformed',
    ]) {
      plan('recharge', kind);
      const { json } = await post('/service/recharge', recharge(`J-${kind}`), await token());
      expect(json.seq, kind).toBeUndefined();
      expect(simulators.unitel.listSends({ journalId: `J-${kind}` }), kind).toMatchObject([
        { outcome: 'delivered' },
      ]);
    }
    plan('recharge', 'commit_then_timeout', { ms: 1 });
    await expect(post('/service/recharge', recharge('J-cut'), await token())).rejects.toThrow();
    expect(simulators.unitel.listSends({ journalId: 'J-cut' })).toMatchObject([{ outcome: 'delivered' }]);
  });

  test('what is not delivered is counted all the same', async () => {
    for (const [kind, status] of [
      ['refused', 200],
      ['unauthorised', 401],
      ['error', 500],
      ['rate_limit', 429],
      ['success_without_delivery', 200],
    ] as const) {
      plan('recharge', kind);
      const answer = await post('/service/recharge', recharge(`N-${kind}`), await token());
      expect(answer.status, kind).toBe(status);
      const [send] = simulators.unitel.listSends({ journalId: `N-${kind}` });
      expect(send?.outcome, kind).not.toBe('delivered');
    }
    plan('recharge', 'connection_refused');
    await expect(post('/service/recharge', recharge('N-cut'), await token())).rejects.toThrow();
    expect(simulators.unitel.listSends({ journalId: 'N-cut' })).toMatchObject([{ outcome: 'received' }]);
  });

  test('a plan can be narrowed to a number, a reference or a card', async () => {
    simulators.faults.set({
      ...{ provider: 'unitel', operation: 'recharge', kind: 'refused' },
      match: { msisdn: '88000009' },
    });
    const bearer = await token();
    expect((await post('/service/recharge', recharge('M-1'), bearer)).json.result).toBe('success');
    const refused = await post('/service/recharge', recharge('M-2', { msisdn: '88000009' }), bearer);
    expect(refused.json).toMatchObject({ result: 'failed', code: '201' });
  });
});
