/** The act of coins: bought, held, spent, refunded in part, and given as store credit. */
import type { Json, Program } from './program.ts';

const HOUR_MS = 3_600_000;

interface Part {
  readonly program: Program;
  readonly staff: string;
  readonly buyer: string;
  readonly buyerId: string;
  pay(paymentId: string): Promise<void>;
}

async function buyCoins({ program: { must }, buyer, pay }: Part, podId: string, key: string): Promise<Json> {
  const headers = { 'idempotency-key': `story-coins-${key}` };
  const body = { podId, method: 'wechat_native' };
  const started = await must('POST /coin/order', { token: buyer, body, headers });
  await pay(started.outTradeNo);
  return started;
}

export async function playCoins(part: Part): Promise<void> {
  const { must, pass } = part.program;
  const { staff: token, buyerId: customerId } = part;
  const pod = { name: '一百金币', coin: 10_000, giftCoin: 2_000, giftDays: 2, price: 9_900 };
  const { id: podId } = await must('POST /admin/coin-pods', { token, body: pod });
  const first = await buyCoins(part, podId, 'first');
  const take = (route: string, amount: number, reference: string) =>
    must(`POST /wallet/${route}`, { token, body: { customerId, amount, reference } });
  const settled = await take('holds', 3_000, 'story-settled');
  await must(`POST /wallet/holds/${settled.id}/settle`, { token, body: { amount: 2_500 } });
  await take('holds', 1_000, 'story-expired');
  await take('spend', 100, 'story-spent');
  await pass(HOUR_MS);
  const refund = (orderId: string, body: object) =>
    must(`POST /orders/${orderId}/refunds`, {
      token,
      body: { reason: 'stopped', ...body },
      headers: { 'idempotency-key': `story-coin-refund-${orderId}` },
    });
  await refund(first.orderId, { amount: 4_000 });
  const second = await buyCoins(part, podId, 'second');
  await refund(second.orderId, { amount: 5_000, to: 'store_credit' });
  const adjustment = { customerId, amount: 500, bucket: 'gift', reason: 'sorry' };
  await must('POST /admin/wallet-adjustments', {
    token,
    body: adjustment,
    headers: { 'idempotency-key': 'story-adjustment' },
  });
  await pass(HOUR_MS);
}
