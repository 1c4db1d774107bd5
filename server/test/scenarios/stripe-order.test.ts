/** Stripe promises no order and no once: whatever the order in which its events come, they lead to the same end. */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TestBuyer } from '../harness/app.ts';
import { openStage, type Stage } from '../scenarios/stage.ts';

let stage: Stage;
let buyer: TestBuyer;
let variantId: string;

beforeAll(async () => {
  stage = await openStage({ withStripe: true });
  buyer = await stage.newBuyer();
  variantId = await stage.addVariant({ onHand: 1_000 });
});
afterAll(() => stage.close());

/** How far an attempt is. */
const RANKS: Readonly<Record<string, number>> = { created: 0, pending: 1, unknown: 1, succeeded: 2 };

/** What the payer does before they pay: refused cards, a question of the bank that is broken off. */
const detour = fc.constantFrom('4000000000000002', '4000000000009995', '4000002760003184');

function walk(paymentId: string, detours: readonly string[], last: string): void {
  const { stripe } = stage.simulators;
  for (const card of detours) {
    if (stripe.pay({ paymentId, card }).result === 'requires_action') {
      stripe.act({ paymentId, passes: false });
    }
  }
  stripe.pay({ paymentId, card: last });
  if (last === 'bank_debit') {
    stripe.settleDebit({ paymentId, isPaid: true });
  }
}

test('shuffled and repeated events of one payment never take it backwards', async () => {
  const cases = fc.record({
    method: fc.constantFrom('stripe', 'credit_card'),
    detours: fc.array(detour, { maxLength: 2 }),
    last: fc.constantFrom('4242424242424242', 'bank_debit'),
    seeds: fc.array(fc.nat(), { minLength: 40, maxLength: 40 }),
  });
  await fc.assert(
    fc.asyncProperty(cases, async ({ method, detours, last, seeds }) => {
      const order = await stage.place(buyer, [{ variantId, quantity: 1 }]);
      const { paymentId } = await stage.open(buyer, order.id, method);
      walk(paymentId, detours, last);
      const { list, compose } = stage.simulators.notifications;
      const events = list({ subject: paymentId });
      const twice = [...events, ...events].map((event, index) => ({ id: event.id, key: seeds[index] ?? 0 }));
      for (const { id } of twice.sort((one, other) => one.key - other.key)) {
        const { headers, body } = compose(id);
        const answer = await stage.call('POST /payments/notify/stripe', { body: Buffer.from(body), headers });
        expect(answer.status).toBe(200);
      }

      expect(await stage.order(buyer, order.id)).toMatchObject({
        status: 'confirmed',
        paymentStatus: 'paid',
      });
      const { body } = await stage.call(`GET /admin/payments/${paymentId}`, { token: stage.adminToken });
      const ranks = (body.data.history as { entity: string; field: string; to: string }[])
        .filter(({ entity, field }) => entity === 'payment' && field === 'status')
        .map(({ to }) => RANKS[to] ?? -1);
      expect(ranks.length).toBeGreaterThan(1);
      expect(ranks).toEqual([...ranks].sort((one, other) => one - other));
      expect(body.data).toMatchObject({ status: 'succeeded', captures: [{ status: 'succeeded' }] });
    }),
    { numRuns: 6 },
  );
  await stage.expectSound();
});
