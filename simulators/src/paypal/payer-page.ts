/** The page of PayPal on which the payer agrees or goes away. It runs no script: two buttons post a form. */
import type { WireAnswer, WireRequest } from '../wire.ts';
import type { PaypalContext } from './context.ts';
import { showMoney } from './money.ts';
import { approveOrder } from './order-verbs.ts';
import type { Order } from './orders.ts';
import { payerAccountOf } from './views.ts';

const STYLE = `body{font:16px/1.5 system-ui,sans-serif;margin:0;background:#f3f5f8;color:#1b2733}
main{max-width:24rem;margin:4rem auto;padding:2rem;background:#fff;border-radius:1rem;box-shadow:0 1px 4px #0002}
.amount{font-size:2rem;margin:.5rem 0}small{color:#5a6875}select,button{font:inherit;width:100%;padding:.7rem;margin-top:.7rem;
border-radius:.5rem;border:1px solid #c4ccd4;background:#fff}button.main{background:#0b5cab;color:#fff;border:0}`;

const toHtml = (text: string) => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

function page(status: number, content: string): WireAnswer {
  const body = `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>模拟 PayPal · Simulated PayPal</title><style>${STYLE}</style></head><body><main>${content}</main></body></html>`;
  return {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
    },
    body,
  };
}

const gone = () => page(404, '<h1>这笔订单已失效</h1><p>There is nothing to pay here any more.</p>');

function isPayable(order: Order | undefined): order is Order {
  return order !== undefined && (order.status === 'PAYER_ACTION_REQUIRED' || order.status === 'APPROVED');
}

export function showPayerPage(context: PaypalContext, request: WireRequest): WireAnswer {
  const order = context.orders.find(request.query.get('token') ?? '');
  if (!isPayable(order)) {
    return gone();
  }
  const money = showMoney(order.amount);
  context.payers.first();
  const payers = context.payers
    .list()
    .map(({ id, name }) => `<option value="${toHtml(id)}">${toHtml(name)}</option>`)
    .join('');
  return page(
    200,
    `<small>模拟 PayPal · Simulated PayPal</small><p>${toHtml(order.description ?? order.customId)}</p>
<p class="amount">${toHtml(money.currency_code)} ${toHtml(money.value)}</p><small>${toHtml(order.customId)}</small>
<form method="post" action="/checkoutnow"><input type="hidden" name="token" value="${toHtml(order.id)}">
<select name="payer" aria-label="买家 · Buyer">${payers}</select>
<button class="main" name="action" value="approve">同意付款 · Agree and pay</button>
<button name="action" value="cancel">取消 · Cancel</button></form>`,
  );
}

function leadTo(address: string, parameters: Record<string, string>): WireAnswer {
  const url = new URL(address);
  for (const [name, value] of Object.entries(parameters)) {
    url.searchParams.set(name, value);
  }
  return { status: 303, headers: { location: url.href }, body: '' };
}

export function answerPayer(context: PaypalContext, request: WireRequest): WireAnswer {
  const form = new URLSearchParams(request.body);
  const order = context.orders.find(form.get('token') ?? '');
  if (!isPayable(order)) {
    return gone();
  }
  if (form.get('action') !== 'approve') {
    return leadTo(order.cancelUrl, { token: order.id });
  }
  const chosen = form.get('payer');
  const payer = chosen === null ? context.payers.first() : context.payers.find(chosen);
  approveOrder(context, order.id, payer.id);
  return leadTo(order.returnUrl, { token: order.id, PayerID: payerAccountOf(payer.id) });
}
