/** Money that is held or disputed, as staff sees it at the console in a real browser. */
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { TestBuyer } from '../../server/test/harness/app.ts';
import { newStaff, type TestStaff } from '../../server/test/harness/staff.ts';
import { MINUTE, openStage, type Seen, type Stage } from '../../server/test/scenarios/stage.ts';
import { openBrowser, type TestBrowser } from './browser.ts';
import { openPage } from './pages.ts';

const DECIDES = ['orders.read', 'payments.read', 'payments.write'];

/** How long the page may take to show what it was told; the machine may be busy. */
const SOON = { timeout: 15_000 };

let stage: Stage;
let browser: TestBrowser;
let clerk: TestStaff;
let buyer: TestBuyer;

beforeAll(async () => {
  stage = await openStage({ withStripe: true, environment: { STRIPE_CAPTURE: 'manual' } });
  browser = await openBrowser();
  clerk = await newStaff(stage, DECIDES);
});

beforeEach(async () => {
  stage.simulators.faults.clear();
  buyer = await stage.newBuyer();
});

afterEach(() => expect(browser.takeProblems()).toEqual([]));

afterAll(async () => {
  await browser.close();
  await stage.expectSound();
  await stage.close();
});

const consoleOf = ({ token }: TestStaff, path: string): Promise<Page> =>
  openPage(browser, { url: stage.url, path: `/console${path}`, token });

/** The order once it is as wished; it is looked at from outside the page. */
const expectOrder = (id: string, wished: object) =>
  expect.poll(() => stage.order(buyer, id), SOON).toMatchObject(wished);

async function expectAudit(targetId: string, actions: readonly string[]): Promise<void> {
  const { body } = await stage.call(`GET /admin/audit?targetId=${targetId}`, { token: stage.adminToken });
  expect(body.data.items.map(({ action }: Seen) => action)).toEqual(actions);
}

/** Money of a card that is held, of two units. */
async function hold(): Promise<{ order: Seen; paymentId: string }> {
  const variantId = await stage.addVariant({ price: 2_560, currency: 'USD' });
  const order = await stage.place(buyer, [{ variantId, quantity: 2 }]);
  const { paymentId } = await stage.open(buyer, order.id, 'credit_card');
  stage.simulators.stripe.pay({ paymentId });
  await stage.simulators.notifications.flush();
  return { order, paymentId };
}

test('of money that is held a part is captured and the rest let go; of another order all is let go', async () => {
  const kept = await hold();
  const page = await consoleOf(clerk, `/payments/${kept.paymentId}`);
  await page.getByText('Money is held').waitFor();
  await page.getByRole('button', { name: 'Capture' }).click();
  const dialog = page.getByRole('dialog');
  expect(await dialog.getByLabel('Amount in USD').inputValue()).toBe('51.20');
  await dialog.getByLabel('Amount in USD').fill('40');
  await dialog.getByRole('button', { name: 'Capture' }).click();
  await dialog.waitFor({ state: 'hidden' });
  await stage.pass(10 * MINUTE);
  await page.reload();
  await page.getByRole('row', { name: /cap_/ }).getByText('$40.00').waitFor();
  await expectOrder(kept.order.id, { paymentStatus: 'paid' });
  await expectAudit(kept.paymentId, ['payment.capture']);

  const given = await hold();
  await page.goto(`${stage.url}/console/payments/${given.paymentId}`);
  await page.getByRole('button', { name: 'Void' }).click();
  await dialog.getByText('Let this money go?').waitFor();
  await dialog.getByLabel('Reason').fill('sold out after all');
  await dialog.getByRole('button', { name: 'Void' }).click();
  await dialog.waitFor({ state: 'hidden' });
  await stage.pass(10 * MINUTE);
  await expectOrder(given.order.id, { status: 'cancelled', paymentStatus: 'unpaid' });
});

test('a dispute is noted, marked as answered, and shown lost with its money gone', async () => {
  const { order, paymentId } = await hold();
  const token = clerk.token;
  await stage.call(`POST /admin/payments/${paymentId}/captures`, { token, body: {} });
  await stage.pass(MINUTE);
  const dispute = stage.simulators.stripe.dispute({ paymentId });
  await stage.simulators.notifications.flush();
  await stage.pass(MINUTE);

  const page = await consoleOf(clerk, `/orders/${order.id}`);
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

  stage.simulators.stripe.closeDispute(dispute.id, 'lost');
  await stage.simulators.notifications.flush();
  await stage.pass(MINUTE);
  await page.goto(`${stage.url}/console/disputes?status=lost`);
  await page
    .getByRole('row', { name: order.id.slice(-6) })
    .getByText('Dispute lost')
    .waitFor();
});
