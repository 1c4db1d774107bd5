import { expect, test } from 'vitest';
import { MINUTE, type Seen } from '../../server/test/scenarios/stage.ts';
import { tellStaffStory } from './staff-story.ts';

const DECIDES = ['orders.read', 'payments.read', 'payments.write'];

const story = tellStaffStory({
  permissions: DECIDES,
  app: { withStripe: true, environment: { STRIPE_CAPTURE: 'manual' } },
});
const { consoleOf, expectOrder } = story;

async function expectAudit(targetId: string, actions: readonly string[]): Promise<void> {
  const { body } = await story.stage.call(`GET /admin/audit?targetId=${targetId}`, {
    token: story.stage.adminToken,
  });
  expect(body.data.items.map(({ action }: Seen) => action)).toEqual(actions);
}

/** Money of a card that is held, of two units. */
async function hold(): Promise<{ order: Seen; paymentId: string }> {
  const variantId = await story.stage.addVariant({ price: 2_560, currency: 'USD' });
  const order = await story.stage.place(story.buyer, [{ variantId, quantity: 2 }]);
  const { paymentId } = await story.stage.open(story.buyer, order.id, 'credit_card');
  story.stage.simulators.stripe.pay({ paymentId });
  await story.stage.simulators.notifications.flush();
  return { order, paymentId };
}

test('of money that is held a part is captured and the rest let go; of another order all is let go', async () => {
  const kept = await hold();
  const page = await consoleOf(story.clerk, `/payments/${kept.paymentId}`);
  await page.getByText('Money is held').waitFor();
  await page.getByRole('button', { name: 'Capture' }).click();
  const dialog = page.getByRole('dialog');
  expect(await dialog.getByLabel('Amount in USD').inputValue()).toBe('51.20');
  await dialog.getByLabel('Amount in USD').fill('40');
  await dialog.getByRole('button', { name: 'Capture' }).click();
  await dialog.waitFor({ state: 'hidden' });
  await story.stage.pass(10 * MINUTE);
  await page.reload();
  await page.getByRole('row', { name: /cap_/ }).getByText('$40.00').waitFor();
  await expectOrder(kept.order.id, { paymentStatus: 'paid' });
  await expectAudit(kept.paymentId, ['payment.capture']);

  const given = await hold();
  await page.goto(`${story.stage.url}/console/payments/${given.paymentId}`);
  await page.getByRole('button', { name: 'Void' }).click();
  await dialog.getByText('Let this money go?').waitFor();
  await dialog.getByLabel('Reason').fill('sold out after all');
  await dialog.getByRole('button', { name: 'Void' }).click();
  await dialog.waitFor({ state: 'hidden' });
  await story.stage.pass(10 * MINUTE);
  await expectOrder(given.order.id, { status: 'cancelled', paymentStatus: 'unpaid' });
});

test('a dispute is noted, marked as answered, and shown lost with its money gone', async () => {
  const { order, paymentId } = await hold();
  const token = story.clerk.token;
  await story.stage.call(`POST /admin/payments/${paymentId}/captures`, { token, body: {} });
  await story.stage.pass(MINUTE);
  const dispute = story.stage.simulators.stripe.dispute({ paymentId });
  await story.stage.simulators.notifications.flush();
  await story.stage.pass(MINUTE);

  const page = await consoleOf(story.clerk, `/orders/${order.id}`);
  await page
    .getByRole('row', { name: 'The payer says that it was not them' })
    .getByRole('link')
    .first()
    .click();
  await page.getByRole('heading', { name: dispute.id }).waitFor();
  await page.getByRole('row', { name: /Taken/ }).getByText('$51.20').waitFor();
  await page.getByLabel('Note (optional)').fill('sent the delivery note');
  await page.getByRole('button', { name: 'Mark as answered' }).click();
  await page.getByText('sent the delivery note').waitFor();
  await page.getByText('Done').first().waitFor();

  story.stage.simulators.stripe.closeDispute(dispute.id, 'lost');
  await story.stage.simulators.notifications.flush();
  await story.stage.pass(MINUTE);
  await page.goto(`${story.stage.url}/console/disputes?status=lost`);
  await page
    .getByRole('row', { name: order.id.slice(-6) })
    .getByText('Dispute lost')
    .waitFor();
});
