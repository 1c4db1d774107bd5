import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TestAnswer } from '../harness/api.ts';
import type { TestBuyer } from '../harness/app.ts';
import { ADDRESS, openStage, type Stage } from '../scenarios/stage.ts';

const UNITS = 100;
const BUYERS = 1_000;
/** What a browser or a proxy would hold open at once; every buyer's request is under way from the start. */
const CONNECTIONS = 64;

let stage: Stage;
let buyers: TestBuyer[];

beforeAll(async () => {
  stage = await openStage({ rehearse: false });
  buyers = [];
  while (buyers.length < BUYERS) {
    buyers.push(...(await Promise.all(Array.from({ length: 50 }, () => stage.newBuyer()))));
  }
}, 240_000);

afterAll(() => stage.close());

/** Everybody at once, as far as the connections go. */
async function rush(buy: (buyer: TestBuyer) => Promise<TestAnswer>): Promise<TestAnswer[]> {
  const waiting = [...buyers];
  const answers: TestAnswer[] = [];
  async function connection(): Promise<void> {
    for (let buyer = waiting.pop(); buyer !== undefined; buyer = waiting.pop()) {
      answers.push(await buy(buyer));
    }
  }
  await Promise.all(Array.from({ length: CONNECTIONS }, connection));
  return answers;
}

test('a thousand buyers of a hundred units get exactly a hundred orders', { timeout: 180_000 }, async () => {
  const variantId = await stage.addVariant({ onHand: UNITS });
  const answers = await rush(({ token }) =>
    stage.call('POST /orders', {
      token,
      body: { items: [{ variantId, quantity: 1 }], shippingAddress: ADDRESS },
    }),
  );
  const placed = answers.filter(({ status }) => status === 201);
  const refused = answers.filter(({ status }) => status !== 201);
  expect(placed).toHaveLength(UNITS);
  expect(refused).toHaveLength(BUYERS - UNITS);
  for (const { status, body } of refused) {
    expect([status, body.error]).toEqual([409, 'insufficient_stock']);
  }
  expect(refused[0]?.body.details ?? refused[0]?.body).toBeDefined();
  expect(await stage.stockOf(variantId)).toEqual({ on_hand: UNITS, reserved: UNITS });
  await stage.expectSound();
});

test('two variants bought in either order do not lock each other out', { timeout: 180_000 }, async () => {
  const first = await stage.addVariant({ onHand: UNITS });
  const second = await stage.addVariant({ onHand: UNITS });
  const answers = await rush(({ token, userId }) => {
    const lines = [
      { variantId: first, quantity: 1 },
      { variantId: second, quantity: 1 },
    ];
    const items = userId.charCodeAt(userId.length - 1) % 2 === 0 ? lines : lines.reverse();
    return stage.call('POST /orders', { token, body: { items, shippingAddress: ADDRESS } });
  });
  const statuses = answers.map(({ status }) => status);
  expect(statuses.filter((status) => status === 201)).toHaveLength(UNITS);
  expect(statuses.filter((status) => status === 409)).toHaveLength(BUYERS - UNITS);
  expect(await stage.stockOf(first)).toEqual({ on_hand: UNITS, reserved: UNITS });
  expect(await stage.stockOf(second)).toEqual({ on_hand: UNITS, reserved: UNITS });
  await stage.expectSound();
});
