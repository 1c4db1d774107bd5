import { expect, test } from 'vitest';
import type { Seen } from '../../server/test/scenarios/stage.ts';
import { tellStaffStory } from './staff-story.ts';

const story = tellStaffStory({
  permissions: ['payments.read', 'risk.read', 'risk.write'],
  app: { environment: { RISK_HIGH_RISK_COUNTRIES: 'KP' } },
});
const { consoleOf, expectOrder } = story;

async function placeRisky(): Promise<{ order: Seen; paymentId: string }> {
  const variantId = await story.stage.addVariant({ price: 200_000 });
  const order = await story.stage.place(story.buyer, [{ variantId, quantity: 1 }]);
  const { status, body } = await story.stage.call(`POST /orders/${order.id}/payments`, {
    token: story.buyer.token,
    body: { method: 'wechat_jsapi', billingCountry: 'KP' },
  });
  expect(status).toBe(202);
  return { order, paymentId: body.data.paymentId };
}

test('of two risky payments one is let through and the other refused with a reason', async () => {
  const good = await placeRisky();
  story.buyer = await story.stage.newBuyer();
  const bad = await placeRisky();
  const page = await consoleOf(story.clerk, '/reviews', { locale: 'zh-CN' });
  const rowOf = ({ order }: typeof good) => page.getByRole('row', { name: order.id.slice(-6) });
  await rowOf(good).getByText('金额较大 +20').waitFor();
  await rowOf(good).click();
  const drawer = page.getByRole('dialog');
  await drawer.getByRole('link', { name: good.paymentId }).waitFor();
  await drawer.getByText('高风险国家 +30').waitFor();
  await page.keyboard.press('Escape');
  await drawer.waitFor({ state: 'hidden' });

  await rowOf(good)
    .getByRole('button', { name: /通\s*过/ })
    .click();
  await page.getByLabel('备注（选填）').fill('已电话核实');
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /通\s*过/ })
    .click();
  await rowOf(good).waitFor({ state: 'detached' });

  await rowOf(bad)
    .getByRole('button', { name: /拒\s*绝/ })
    .click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: /拒\s*绝/ }).click();
  await dialog.getByText('请填写此项').waitFor();
  await dialog.getByLabel('原因').fill('冒用他人证件');
  await dialog.getByRole('button', { name: /拒\s*绝/ }).click();
  await page.getByText('暂无需要处理的事项').waitFor();

  await page.getByRole('combobox', { name: '显示' }).click();
  await page.getByTitle('全部').click();
  await rowOf(bad).getByText('已拒绝').waitFor();
  await rowOf(good).getByText('已通过').waitFor();
  await expectOrder(bad.order.id, { status: 'pending', payments: [{ status: 'closed' }] });
});
