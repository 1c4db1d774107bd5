/** Plays the payer on Stripe's page: `?session=cs_…`, or `?client_secret=…` for an intent. */
const query = new URLSearchParams(location.search);
const target = query.has('client_secret')
  ? { clientSecret: query.get('client_secret') }
  : { reference: query.get('session') ?? '' };
const element = (id) => document.getElementById(id);
const WORDS = {
  paid: 'Paid. 已付款。',
  held: 'The amount is held. 金额已预授权。',
  processing: 'The bank is at work. 银行处理中。',
  not_open: 'This payment is over. 该支付已结束。',
};

async function ask(path, options) {
  const answer = await fetch(`/control/stripe/${path}`, options);
  return { isFine: answer.ok, body: await answer.json() };
}

function post(path, body) {
  const headers = { 'content-type': 'application/json' };
  return ask(path, { method: 'POST', headers, body: JSON.stringify({ ...target, ...body }) });
}

function say(text) {
  element('message').textContent = text;
}

function showMoney({ intent, session }) {
  const currency = (session ?? intent).currency.toUpperCase();
  const format = new Intl.NumberFormat(undefined, { style: 'currency', currency });
  const amount = session?.amount_total ?? intent.amount;
  element('amount').textContent = format.format(
    amount / 10 ** format.resolvedOptions().maximumFractionDigits,
  );
  element('what').textContent = intent?.description ?? session?.client_reference_id ?? '';
}

function follow({ isFine, body }) {
  if (!isFine) {
    say(body.message);
    return;
  }
  const isAsked = body.result === 'requires_action';
  element('bank').hidden = !isAsked;
  element('form').hidden = isAsked;
  if (body.result === 'refused') {
    say(WORDS[body.reason] ?? `Refused: ${body.reason ?? 'not authenticated'}. 支付被拒绝。`);
    return;
  }
  say(WORDS[body.result] ?? '');
  if (!isAsked && body.returnUrl) {
    location.assign(body.returnUrl);
  }
}

element('form').addEventListener('submit', async (event) => {
  event.preventDefault();
  follow(await post('pay', { card: element('card').value }));
});
element('pass').addEventListener('click', async () => follow(await post('act', { passes: true })));
element('fail').addEventListener('click', async () => follow(await post('act', { passes: false })));

const found = await ask(`find?${new URLSearchParams(target)}`);
if (found.isFine) {
  showMoney(found.body);
} else {
  say(found.body.message);
}
