/** The rails without a provider: what counts is confirmed by a second person, and so is what goes back. */
import type { Stage } from '../cast.ts';
import { refused } from '../http.ts';
import { refundOneUnit } from './buy.ts';
import type { Order, RailsShop } from './shop.ts';

interface Line {
  readonly id: string;
  readonly state: string;
}
interface Items<T> {
  readonly items: readonly T[];
}

/** A transfer that was confirmed, and what the bank has of the refund. */
export interface Transfer {
  readonly paymentId: string;
  readonly code: string;
}

const decimal = (amount: number) => (amount / 100).toFixed(2);

/** Downloads the bank's statement and imports it. */
export async function importStatement({ shop, control }: Stage, token: string): Promise<string> {
  const { csv } = await control<{ csv: string }>('GET /bank/statement?format=chinese');
  const report = await shop<{ totals: Record<string, number> }>(
    'POST /admin/bank-statements/import?account=demo',
    { token, csv },
  );
  const counted = Object.entries(report.totals).filter(([, count]) => count > 0);
  return counted.map(([outcome, count]) => `${count} ${outcome}`).join(', ');
}

async function confirmTransfer({ shop }: Stage, { staff, second }: RailsShop, paymentId: string) {
  const { items } = await shop<Items<Line>>(`GET /admin/bank-statement-lines?paymentId=${paymentId}`, {
    token: staff,
  });
  const route = `POST /admin/bank-statement-lines/${items[0]?.id}/confirm`;
  await refused(shop(route, { token: staff, body: {} }), 'second_person_required');
  return shop<Line>(route, { token: second, body: {} });
}

/** A refund that a person has paid and another one has promised. */
async function refundByHand(stage: Stage, shop: RailsShop, order: Order): Promise<readonly [Order, string]> {
  const amount = await refundOneUnit(stage, shop, order);
  const owed = await shop.see(order, ({ refunds }) => refunds.some(({ status }) => status === 'sent'));
  const route = `POST /admin/refunds/${owed.refunds[0]?.id}/paid-out`;
  const body = { reference: `SLIP-${order.orderNumber}` };
  await refused(stage.shop(route, { token: shop.staff, body }), 'second_person_required');
  await stage.shop(route, { token: shop.second, body });
  const seen = await shop.see(order, ({ refunds }) => refunds.some(({ status }) => status === 'succeeded'));
  return [seen, `${amount} of ${seen.total} ${seen.currency}, marked as paid by a second person`];
}

export async function playBankTransfer(stage: Stage, shop: RailsShop): Promise<Transfer> {
  const { control, step } = stage;
  const { order, paymentId, code } = await step('buy by bank_transfer', async () => {
    const placed = await shop.place('CNY');
    const { paymentId: id, parameters } = await shop.open(placed, 'bank_transfer');
    const remittanceCode = parameters.remittanceCode ?? '';
    const amount = decimal(placed.total);
    await control('POST /bank/pay', { body: { code: remittanceCode, amount } });
    return [
      { order: placed, paymentId: id, code: remittanceCode },
      `${placed.orderNumber} ${placed.total} ${placed.currency}, code ${remittanceCode}`,
    ];
  });
  await step('import the statement', async () => [true, await importStatement(stage, shop.staff)]);
  await step('who has imported it can not confirm', async () => {
    const { state } = await confirmTransfer(stage, shop, paymentId);
    const paid = await shop.see(order, ({ paymentStatus }) => paymentStatus === 'paid');
    return [paid, `${state} by the second person, order ${paid.status}`];
  });
  const refunded = await step('bank_transfer is refunded by hand', () => refundByHand(stage, shop, order));
  const text = refunded.refunds[0]?.id ?? '';
  const amount = 0 - (refunded.refunds[0]?.amount ?? 0);
  await control('POST /bank/transfers', { body: { amount, currency: 'CNY', text } });
  return { paymentId, code };
}

async function ship(shop: RailsShop, order: Order): Promise<void> {
  await shop.advance(order, 'processing');
  await shop.advance(order, 'shipped', { carrier: 'SF Express', trackingNumber: 'SF1234567890' });
}

async function handOver({ shop }: Stage, { staff, second }: RailsShop, paymentId: string, amount: number) {
  const { id } = await shop<{ id: string }>('POST /admin/cash-remittances', {
    token: staff,
    body: { courier: 'Fast Wheels', paymentIds: [paymentId], amount, currency: 'CNY' },
  });
  const route = `POST /admin/cash-remittances/${id}/confirm`;
  const body = { reference: 'SLIP-1' };
  await refused(shop(route, { token: staff, body }), 'second_person_required');
  return shop<{ state: string }>(route, { token: second, body });
}

export async function playCash(stage: Stage, shop: RailsShop): Promise<void> {
  const { step } = stage;
  const { order, paymentId } = await step('buy by cash_on_delivery', async () => {
    const placed = await shop.place('CNY');
    const attempt = await shop.open(placed, 'cash_on_delivery');
    const seen = await shop.see(placed, ({ status }) => status === 'confirmed');
    return [{ order: placed, paymentId: attempt.paymentId }, `${seen.status}, ${seen.paymentStatus}`];
  });
  await step('delivered, the cash collected', async () => {
    await ship(shop, order);
    const seen = await shop.advance(order, 'delivered', { collectedAmount: order.total });
    return [seen, `${seen.status}, ${seen.paymentStatus}`];
  });
  await step('the courier hands it over', async () => {
    const { state } = await handOver(stage, shop, paymentId, order.total);
    return [state, `${state} by the second person`];
  });
  await step('cash_on_delivery is refunded by hand', () => refundByHand(stage, shop, order));
  await step('another one is refused at the door', async () => {
    const refused = await shop.place('CNY');
    await shop.open(refused, 'cash_on_delivery');
    await ship(shop, refused);
    const seen = await shop.advance(refused, 'returned', { restock: true });
    return [seen, `${seen.status}, ${seen.paymentStatus}, back in stock`];
  });
}
