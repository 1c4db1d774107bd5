/** What staff decides about refunds at the console, in a real browser. */
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { newStaff } from '../../server/test/harness/staff.ts';
import { MINUTE, type Seen } from '../../server/test/scenarios/stage.ts';
import { tellStaffStory } from './staff-story.ts';

const DECIDES = [
  'orders.read',
  'payments.read',
  'payments.write',
  'refunds.write',
  'risk.read',
  'risk.write',
];

const story = tellStaffStory({
  permissions: DECIDES,
  // What a person has paid is not back at its provider, so its books are not compared.
  expectAtEnd: (stage) => stage.expectInvariants(),
});
const { consoleOf, shopOf, expectOrder } = story;

/** Two lines of goods that were paid for and have gone out. */
async function sellTwoLines(): Promise<{ order: Seen; tea: string; pot: string }> {
  const tea = await story.stage.addVariant({ name: 'Longjing tea', price: 1_280 });
  const pot = await story.stage.addVariant({ name: 'Teapot', price: 8_900 });
  const order = await story.stage.place(story.buyer, [
    { variantId: tea, quantity: 3 },
    { variantId: pot, quantity: 1 },
  ]);
  const { paymentId } = await story.stage.open(story.buyer, order.id, 'wechat_native');
  await story.stage.pay(paymentId);
  await story.stage.advance(order.id, 'processing');
  await story.stage.advance(order.id, 'shipped');
  return { order, tea, pot };
}

const ask = (orderId: string, body: object) =>
  story.stage.call(`POST /orders/${orderId}/refunds`, { token: story.buyer.token, body });

test('of two wishes one is agreed to in part, with the unit back in stock, and the other is rejected', async () => {
  const { order, tea } = await sellTwoLines();
  await ask(order.id, { reason: 'one tin is damp', items: [{ position: 1, quantity: 2 }] });
  const page = await consoleOf(story.clerk, '/refund-requests');
  await page
    .getByRole('row', { name: /one tin is damp/ })
    .getByRole('button', { name: 'Agree' })
    .click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('¥25.60 was asked for:').waitFor();
  await dialog.getByLabel('Amount in CNY').fill('25.61');
  await dialog.getByRole('button', { name: 'Agree' }).click();
  await dialog.getByText('That is too much').waitFor();
  await dialog.getByLabel('Amount in CNY').fill('20');
  await dialog.getByLabel('Back to stock, of the 2 of line 1').fill('1');
  await dialog.getByRole('button', { name: 'Agree' }).click();
  await page.getByText('Nothing needs you here').waitFor();
  expect(await story.stage.stockOf(tea)).toEqual({ on_hand: 98, reserved: 0 });
  await story.stage.pass(5 * MINUTE);
  await expectOrder(order.id, { refunds: [{ amount: 2_000, status: 'succeeded' }] });

  await ask(order.id, { reason: 'I no longer like it', amount: 500 });
  await page.reload();
  await page
    .getByRole('row', { name: /no longer like/ })
    .getByRole('button', { name: 'Reject' })
    .click();
  await dialog.getByLabel('Reason, shown to the customer').fill('It was in order');
  await dialog.getByRole('button', { name: 'Reject' }).click();
  await page.getByText('Nothing needs you here').waitFor();

  const theirs = await shopOf(story.buyer, `/orders/${order.id}`);
  await theirs.getByText('It was in order').waitFor();
  await page.goto(`${story.stage.url}/console/refund-requests?status=all`);
  await page
    .getByRole('row', { name: /one tin is damp/ })
    .getByRole('button', { name: 'Expand row' })
    .click();
  await page.locator('.ant-table-expanded-row').getByText('Refunded').waitFor();
});

test('staff returns a line by hand, and only another person says that it was paid', async () => {
  const { order, pot } = await sellTwoLines();
  const other = await newStaff(story.stage, DECIDES);
  const page = await consoleOf(story.clerk, `/orders/${order.id}`);
  await page.getByRole('button', { name: 'Actions' }).click();
  await page.locator('.ant-dropdown').getByRole('menuitem', { name: 'Refund' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('Everything that is left (¥127.40)').waitFor();
  await dialog.getByLabel('By lines').click();
  await dialog.getByLabel('Reason').fill('the lid is broken');
  await dialog.getByRole('button', { name: 'Refund' }).click();
  await dialog.getByText('Choose at least one unit').waitFor();
  await dialog.getByLabel(/^Quantity Teapot/).fill('1');
  await dialog.getByLabel(/^Back to stock Teapot/).fill('1');
  await dialog.getByLabel('By hand').click();
  await dialog.getByText('a person pays it').waitFor();
  await dialog.getByRole('button', { name: 'Refund' }).click();
  await dialog.waitFor({ state: 'hidden' });
  expect(await story.stage.stockOf(pot)).toEqual({ on_hand: 100, reserved: 0 });
  await story.stage.pass(MINUTE);
  const [refund] = (await story.stage.order(story.buyer, order.id)).refunds as Seen[];
  expect(refund).toMatchObject({ amount: 8_900, status: 'sent', isByHand: true });

  await page.goto(`${story.stage.url}/console/refunds?isByHand=true`);
  const confirmOn = (on: Page) =>
    on.getByRole('row', { name: refund?.id }).getByRole('button', { name: 'Confirm as paid' });
  await confirmOn(page).waitFor();
  expect(await confirmOn(page).isDisabled()).toBe(true);
  const second = await consoleOf(other, '/refunds?isByHand=true');
  await confirmOn(second).click();
  await second.getByLabel('Number of the bank transfer or receipt').fill('ICBC-42');
  await second.getByRole('dialog').getByRole('button', { name: 'Confirm as paid' }).click();
  const paid = second.getByRole('row', { name: /ICBC-42/ });
  await paid.waitFor();
  await expectOrder(order.id, { refunds: [{ status: 'succeeded' }] });

  await paid.getByRole('button', { name: 'It came back' }).click();
  await second.getByLabel('Number of the transfer that came back').fill('ICBC-43');
  await second.getByRole('dialog').getByRole('button', { name: 'It came back' }).click();
  await second.getByRole('dialog').waitFor({ state: 'hidden' });
  await story.stage.pass(MINUTE);
  await expectOrder(order.id, { refunds: [{ status: 'failed' }, { status: 'sent', isByHand: true }] });
});

test('staff returns an amount as store credit, which the customer has at once', async () => {
  const { order } = await story.stage.buy(story.buyer);
  const page = await consoleOf(story.clerk, `/orders/${order.id}`);
  await page.getByRole('button', { name: 'Actions' }).click();
  await page.locator('.ant-dropdown').getByRole('menuitem', { name: 'Refund' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('A part').click();
  await dialog.getByLabel('Amount in CNY').fill('5');
  await dialog.getByLabel('Reason').fill('came late');
  await dialog.getByLabel('As store credit').click();
  await dialog.getByRole('button', { name: 'Refund' }).click();
  await page
    .getByRole('row', { name: /came late/ })
    .getByText('Store credit')
    .waitFor();
  const shop = await shopOf(story.buyer, '/coins');
  await shop.locator('.balance').getByText('¥5.00').waitFor();
  await shop.goto(`${story.stage.url}/shop/orders/${order.id}`);
  await shop.getByText('Refunded · Store credit').waitFor();
});

test('a refund that its provider can not finish goes to the merchant’s account, or is taken in hand', async () => {
  const { order } = await story.stage.buy(story.buyer);
  story.stage.plan('refund', 'refund_abnormal', { ms: 1_000 });
  await story.stage.call(`POST /orders/${order.id}/refunds`, {
    token: story.clerk.token,
    body: { reason: 'broken' },
  });
  await story.stage.pass(10 * MINUTE);
  const page = await consoleOf(story.clerk, '/refunds?status=abnormal');
  const [refund] = (await story.stage.order(story.buyer, order.id)).refunds as Seen[];
  const row = page.getByRole('row', { name: refund?.id });
  await row.getByRole('button', { name: 'Finish at the provider' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Card number').waitFor();
  await dialog.getByLabel('The merchant’s own account').click();
  await dialog.getByLabel('Card number').waitFor({ state: 'detached' });
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await row.getByRole('button', { name: 'Pay by hand' }).click();
  await page.locator('.ant-popconfirm').getByRole('button', { name: 'Pay by hand' }).click();
  await row.getByRole('button', { name: 'Confirm as paid' }).waitFor();
  await expectOrder(order.id, { refunds: [{ isByHand: true }] });
});
