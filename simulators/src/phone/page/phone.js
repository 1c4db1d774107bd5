import { localTime, say, showWords, switchLanguage } from './words.js';

// The buyer's phone: it only does what the control API offers, so that a person and a test do the same.

const REFRESH_MS = 2000;
const WAIT_MS = 10_000;

const part = (id) => document.querySelector(`#${id}`);
const parameters = new URLSearchParams(location.search);
let payers = [];
let reference;
let trade;

async function call(method, path, body) {
  const response = await fetch(`/control${path}`, {
    method,
    headers: body === undefined ? {} : { 'content-type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const answer = await response.json();
  if (!response.ok) {
    throw new Error(answer.error);
  }
  return answer;
}

function show(name) {
  for (const section of ['home', 'login', 'cashier', 'result']) {
    part(section).hidden = section !== name;
  }
}

/** Fen to yuan by cutting digits: no arithmetic touches the amount. */
function yuan(fen) {
  const digits = String(fen).padStart(3, '0');
  return `¥${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

async function showPayers(chosen) {
  payers = await call('GET', '/payers');
  if (payers.length === 0) {
    await call('POST', '/payers', {});
    payers = await call('GET', '/payers');
  }
  const kept = chosen ?? part('payer').value;
  part('payer').replaceChildren(
    ...payers.map((payer) => new Option(`${payer.name} · ${payer.phone}`, payer.id)),
  );
  if (payers.some((payer) => payer.id === kept)) {
    part('payer').value = kept;
  }
}

/** Where a trade stands at a provider while it can be paid. */
const OPEN_STATES = { 'wechat-pay': ['NOTPAY'], alipay: ['UNSCANNED', 'WAIT_BUYER_PAY'] };

async function openTradesOf(provider) {
  const all = await call('GET', `/${provider}/trades?limit=50`);
  return all
    .filter((candidate) => OPEN_STATES[provider].includes(candidate.tradeState))
    .map((candidate) => ({ ...candidate, provider }));
}

async function showTrades() {
  const open = (await Promise.all(Object.keys(OPEN_STATES).map(openTradesOf)))
    .flat()
    .sort((left, right) => right.createdAt - left.createdAt);
  part('trades').replaceChildren(...open.map(tradeItem));
  part('no-trades').hidden = open.length > 0;
}

function listItem(title, detail, end, onClick) {
  const faint = document.createElement('small');
  faint.textContent = detail;
  const words = document.createElement('span');
  words.append(title, faint);
  const strong = document.createElement('strong');
  strong.textContent = end;
  const button = document.createElement('button');
  button.type = 'button';
  button.append(words, strong);
  button.addEventListener('click', onClick);
  const item = document.createElement('li');
  item.append(button);
  return item;
}

function tradeItem({ provider, description, product, outTradeNo, total }) {
  return listItem(description, `${say(provider)} · ${product} · ${outTradeNo}`, yuan(total), () =>
    openCashier({ provider, fields: { outTradeNo } }),
  );
}

/** The page of a shop that wants to know who its buyer is, where one was given and it is a web address. */
function loginTarget() {
  const target = parameters.get('login') === null ? null : parameters.get('redirect_url');
  return target !== null && /^https?:\/\//.test(target) ? new URL(target) : undefined;
}

/** Goes back to the shop with a code that is good for one login, as WeChat does after the buyer has agreed. */
async function logIn(payerId, target) {
  try {
    const { code } = await call('POST', '/wechat-open/login-codes', { payerId });
    target.searchParams.set('code', code);
    location.assign(target);
  } catch (error) {
    part('login-problem').textContent = say(error.message);
    part('login-problem').hidden = false;
  }
}

function showLogin(target) {
  part('login-target').textContent = target.host;
  part('login-payers').replaceChildren(
    ...payers.map((payer) =>
      listItem(payer.name, payer.phone, say('logInAs'), () => logIn(payer.id, target)),
    ),
  );
  show('login');
}

/** What was scanned, and whose it is: Alipay's code or page, or what WeChat Pay gives out. */
function readCode(text) {
  const code = text.trim();
  if (code.startsWith('https://qr.alipay.com/')) {
    return { provider: 'alipay', fields: { qrCode: code } };
  }
  if (/^https?:\/\/\S+alipay\.trade\./.test(code)) {
    return { provider: 'alipay', fields: { redirectUrl: code } };
  }
  return { provider: 'wechat-pay', fields: readWeChatCode(code) };
}

/** A code_url, a prepay_id, or the JSON that wx.requestPayment or an app's SDK is called with. */
function readWeChatCode(code) {
  if (code.startsWith('{')) {
    const given = JSON.parse(code);
    if (given.prepayid !== undefined) {
      const { appid, partnerid, prepayid, package: packageText, noncestr, timestamp, sign } = given;
      return { appParams: { appid, partnerid, prepayid, package: packageText, noncestr, timestamp, sign } };
    }
    const { appId, timeStamp, nonceStr, package: packageText, signType, paySign } = given;
    return { clientParams: { appId, timeStamp, nonceStr, package: packageText, signType, paySign } };
  }
  if (code.startsWith('weixin://')) {
    return { codeUrl: code };
  }
  return { prepayId: code.replace(/^prepay_id=/, '') };
}

/** A trade that is bound to an openid is paid by that person, so the phone changes hands. */
function holdTheRightPhone() {
  const owner = payers.find((payer) => Object.values(payer.openids).includes(trade.boundOpenid));
  if (owner !== undefined) {
    part('payer').value = owner.id;
  }
}

async function openCashier(nextReference) {
  part('scan-problem').hidden = true;
  try {
    const { provider, fields } = nextReference;
    trade = await call('POST', `/${provider}/trades/find`, fields);
  } catch (error) {
    part('scan-problem').textContent = say(error.message);
    part('scan-problem').hidden = false;
    show('home');
    return;
  }
  reference = nextReference;
  holdTheRightPhone();
  fillCashier();
  show('cashier');
}

function fillCashier() {
  const payer = payers.find((candidate) => candidate.id === part('payer').value);
  part('merchant').textContent =
    `${say(reference.provider)} · ${say('merchant')} ${trade.mchid ?? trade.sellerId}`;
  part('description').textContent = trade.description;
  part('amount').textContent = yuan(trade.total);
  part('number').textContent = trade.outTradeNo;
  part('pays-with').textContent = say('change', { name: payer?.name ?? '' });
  part('expires').textContent = trade.expiresAt === null ? say('noExpiry') : localTime(trade.expiresAt);
}

function showResult(word, isGood) {
  part('mark').textContent = isGood ? '✓' : '✕';
  part('mark').className = isGood ? 'mark good' : 'mark bad';
  part('outcome').textContent = say(word);
  part('outcome-amount').textContent = yuan(trade.total);
  const target = parameters.get('redirect_url');
  const isWebAddress = target !== null && /^https?:\/\//.test(target);
  part('return').hidden = !isWebAddress;
  if (isWebAddress) {
    part('return').href = target;
  }
  show('result');
}

async function act(work) {
  const buttons = [part('pay'), part('wait'), part('refuse')];
  for (const button of buttons) {
    button.disabled = true;
  }
  try {
    await work();
  } catch (error) {
    showResult(error.message, false);
  } finally {
    for (const button of buttons) {
      button.disabled = false;
    }
  }
}

async function pay(afterMs) {
  const answer = await call('POST', `/${reference.provider}/pay`, {
    ...reference.fields,
    payerId: part('payer').value,
    afterMs,
  });
  showResult(answer.result, true);
}

async function refuse() {
  await call('POST', `/${reference.provider}/refuse`, reference.fields);
  showResult('cancelled', false);
}

async function goHome() {
  history.replaceState(null, '', '/phone');
  show('home');
  await showTrades();
}

part('pay').addEventListener('click', () => act(() => pay(0)));
part('wait').addEventListener('click', () => act(() => pay(WAIT_MS)));
part('refuse').addEventListener('click', () => act(refuse));
part('again').addEventListener('click', goHome);
part('new-payer').addEventListener('click', async () => {
  const created = await call('POST', '/payers', {});
  await showPayers(created.id);
});
part('language').addEventListener('click', () => {
  switchLanguage();
  if (trade !== undefined) {
    fillCashier();
  }
});
part('scan').addEventListener('submit', async (event) => {
  event.preventDefault();
  const text = part('code').value;
  if (text.trim() !== '') {
    await openCashier(readCode(text));
  }
});

showWords();
await showPayers();
await showTrades();
const linked = parameters.get('code_url') ?? parameters.get('prepay_id');
const token = parameters.get('alipay');
const loginPage = loginTarget();
if (token !== null) {
  await openCashier({ provider: 'alipay', fields: { token } });
} else if (linked !== null) {
  await openCashier(readCode(linked));
} else if (loginPage !== undefined) {
  showLogin(loginPage);
}
setInterval(() => {
  if (!part('home').hidden && !document.hidden) {
    showTrades().catch(() => {
      // The simulators were stopped; the next round finds them again when they are back.
    });
  }
}, REFRESH_MS);
