import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createMerchant } from '../../test/merchant.ts';
import { startReceiver } from '../../test/receiver.ts';
import { type Simulators, startSimulators } from '../index.ts';
import { RETRY_STEPS_MS } from './notifications.ts';

/** The base clock stands still, so that only the test moves time. */
const START = Date.parse('2026-05-04T12:00:00+08:00');

let simulators: Simulators;
let shop: ReturnType<typeof createMerchant>;
let receiver: Awaited<ReturnType<typeof startReceiver>>;

beforeEach(async () => {
  simulators = await startSimulators({ delivery: 'manual', now: () => START });
  shop = createMerchant(simulators);
  receiver = await startReceiver();
});
afterEach(async () => {
  await simulators.close();
  await receiver.close();
});

const arm = (kind: string, rest = {}) =>
  simulators.faults.set({ provider: 'wechat-pay', operation: 'notify', kind, ...rest });
const buy = (outTradeNo: string) => shop.buy(outTradeNo, { notify_url: receiver.url });
const only = () => simulators.notifications.list()[0] ?? simulators.notifications.read('none');

describe('the schedule', () => {
  test('fifteen waits add up to 24 hours and 4 minutes', () => {
    expect(RETRY_STEPS_MS).toHaveLength(15);
    expect(RETRY_STEPS_MS.reduce((sum, step) => sum + step, 0)).toBe((24 * 60 + 4) * 60_000);
  });

  test('an unanswered notification comes again after each wait, signed afresh, until it is given up', async () => {
    receiver.answerWith(500);
    await buy('STEPS-ALL');
    await simulators.notifications.flush();
    for (const [index, step] of RETRY_STEPS_MS.entries()) {
      simulators.advanceClock(step - 2000);
      await simulators.notifications.flush();
      expect(receiver.deliveries).toHaveLength(index + 1);
      simulators.advanceClock(2000);
      await simulators.notifications.flush();
      expect(receiver.deliveries).toHaveLength(index + 2);
    }
    expect(only()).toMatchObject({ state: 'given_up', tries: 16, nextTryAt: null });
    const signatures = receiver.deliveries.map(({ headers }) => headers['wechatpay-signature']);
    expect(new Set(signatures).size).toBe(16);
    const ids = receiver.deliveries.map(({ body }) => (JSON.parse(body) as { id: string }).id);
    expect(new Set(ids).size).toBe(1);
    expect(receiver.deliveries.every(({ headers, body }) => shop.isGenuine(headers, body))).toBe(true);
  });

  test.each([200, 204])('%s ends it, and the attempt is on record', async (status) => {
    receiver.answerWith(status);
    await buy('STEPS-DONE');
    await simulators.notifications.flush();
    expect(only()).toMatchObject({
      state: 'acknowledged',
      tries: 1,
      attempts: [{ status, link: 1, fault: null }],
    });
    expect(simulators.tasks()).toEqual([]);
  });

  test('the time scale shortens the waits', async () => {
    receiver.answerWith(500);
    simulators.changeSettings({ timeScale: 15 });
    await buy('STEPS-SCALED');
    await simulators.notifications.flush();
    expect((only().nextTryAt ?? 0) - (only().attempts[0]?.at ?? 0)).toBeLessThan(1100);
  });

  test('a dead address counts as a try with its error', async () => {
    await shop.buy('STEPS-DEAD');
    await simulators.notifications.flush();
    expect(only()).toMatchObject({ state: 'pending', attempts: [{ status: null }] });
    expect(only().attempts[0]?.error).toBeTruthy();
  });

  test('a re-send by hand comes at once, outside the schedule', async () => {
    receiver.answerWith(500);
    await buy('STEPS-HAND');
    await simulators.notifications.flush();
    receiver.answerWith(204);
    const after = await simulators.notifications.resend(only().id);
    expect(after).toMatchObject({ state: 'acknowledged', tries: 1 });
    expect(after.attempts.map(({ link }) => link)).toEqual([1, 0]);
    expect(simulators.tasks()).toEqual([]);
  });

  test('automatic delivery needs no flush', async () => {
    simulators.changeSettings({ delivery: 'automatic' });
    await buy('STEPS-AUTO');
    await expect.poll(() => receiver.deliveries.length).toBe(1);
  });
});

describe('on the way', () => {
  test('duplicate comes again over a second link about a second later', async () => {
    arm('duplicate', { params: { copies: 3 } });
    await buy('WAY-DUPLICATE');
    await simulators.notifications.flush();
    expect(receiver.deliveries).toHaveLength(1);
    simulators.advanceClock(1000);
    await simulators.notifications.flush();
    expect(only().attempts.map(({ link }) => link)).toEqual([1, 2, 2, 2]);
    expect(receiver.deliveries.every(({ headers, body }) => shop.isGenuine(headers, body))).toBe(true);
  });

  test('drop loses a try; the next one comes', async () => {
    arm('drop');
    await buy('WAY-DROP');
    await simulators.notifications.flush();
    expect(receiver.deliveries).toHaveLength(0);
    simulators.advanceClock(15_000);
    await simulators.notifications.flush();
    expect(receiver.deliveries).toHaveLength(1);
    expect(only().attempts.map(({ fault }) => fault)).toEqual(['drop', null]);
  });

  test('reorder lets a later notification overtake', async () => {
    arm('reorder', { match: { outTradeNo: 'WAY-FIRST' } });
    await buy('WAY-FIRST');
    await buy('WAY-SECOND');
    await simulators.notifications.flush();
    simulators.advanceClock(3000);
    await simulators.notifications.flush();
    const numbers = receiver.deliveries.map(({ body }) => shop.open(body).out_trade_no);
    expect(numbers).toEqual(['WAY-SECOND', 'WAY-FIRST']);
  });
});

describe('spoilt', () => {
  async function spoilt(kind: string, params = {}) {
    arm(kind, { params });
    await buy(`SPOILT-${kind}`);
    await simulators.notifications.flush();
    return receiver.deliveries[0] ?? { headers: {}, body: '' };
  }

  test.each(['forge', 'signtest', 'unknown_serial'])(
    '%s does not verify, and the re-send is right',
    async (kind) => {
      receiver.answerWith(401);
      const { headers, body } = await spoilt(kind);
      expect(shop.isGenuine(headers, body)).toBe(false);
      simulators.advanceClock(15_000);
      await simulators.notifications.flush();
      const again = receiver.deliveries[1];
      expect(again && shop.isGenuine(again.headers, again.body)).toBe(true);
    },
  );

  test('signtest says so in the signature', async () => {
    expect((await spoilt('signtest')).headers['wechatpay-signature']).toMatch(/^WECHATPAY\/SIGNTEST\//);
  });

  test('stale_timestamp is signed well but old', async () => {
    const { headers, body } = await spoilt('stale_timestamp');
    expect(shop.isGenuine(headers, body)).toBe(true);
    expect(START / 1000 - Number(headers['wechatpay-timestamp'])).toBe(600);
  });

  test('truncated is cut under a signature of the whole', async () => {
    const { headers, body } = await spoilt('truncated');
    expect(() => JSON.parse(body) as unknown).toThrow();
    expect(shop.isGenuine(headers, body)).toBe(false);
  });

  test.each([
    ['wrong_amount', {}, { amount: { total: 1001, payer_total: 1001 } }],
    ['wrong_amount', { total: 1 }, { amount: { total: 1 } }],
    ['wrong_mchid', {}, { mchid: '1999999999' }],
    ['wrong_appid', { appid: 'wxother' }, { appid: 'wxother' }],
    ['wrong_currency', {}, { amount: { currency: 'USD', total: 1000 } }],
  ])('%s %o is genuine in form and wrong in fact', async (kind, params, expected) => {
    const { headers, body } = await spoilt(kind, params);
    expect(shop.isGenuine(headers, body)).toBe(true);
    expect(shop.open(body)).toMatchObject(expected);
    expect((await shop.query(`SPOILT-${kind}`)).json).toMatchObject({
      mchid: shop.merchant.mchid,
      amount: { total: 1000 },
    });
  });

  test('v2_xml has no signature and hides its content under the old key', async () => {
    const { headers, body } = await spoilt('v2_xml');
    expect(headers['content-type']).toBe('text/xml');
    expect(body).toContain('<req_info>');
  });
});

test('a message can be built without being sent, spoilt or not', async () => {
  await buy('COMPOSED');
  const good = simulators.notifications.compose(only().id);
  expect(good.url).toBe(receiver.url);
  expect(shop.isGenuine(good.headers, good.body)).toBe(true);
  const bad = simulators.notifications.compose(only().id, { kind: 'forge' });
  expect(shop.isGenuine(bad.headers, bad.body)).toBe(false);
  expect(receiver.deliveries).toHaveLength(0);
});
