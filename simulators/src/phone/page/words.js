/** Every text of the phone page in its two languages. */
const WORDS = {
  zh: {
    title: '模拟手机',
    otherLanguage: 'English',
    logInTo: '使用微信登录',
    logInAs: '以此身份登录',
    payer: '买家',
    newPayer: '新买家',
    'wechat-pay': '微信支付',
    alipay: '支付宝',
    scanLabel: '扫一扫：粘贴二维码内容、prepay_id 或支付参数',
    scan: '扫码',
    openTrades: '待支付的订单',
    noTrades: '暂无待支付的订单。下单后会自动出现在这里。',
    tradeNumber: '商户单号',
    paysWith: '支付方式',
    expires: '支付截止',
    noExpiry: '七天内有效',
    pay: '立即支付',
    wait: '等 10 秒再付',
    refuse: '取消支付',
    home: '返回首页',
    back: '返回商家',
    merchant: '模拟商户',
    change: '零钱 · {name}',
    paid: '支付成功',
    scheduled: '将在 10 秒后支付',
    cancelled: '已取消支付',
    already_paid: '该订单已支付',
    order_closed: '该订单已关闭',
    time_expired: '订单已过支付截止时间',
    prepay_expired: '支付会话或二维码已过期',
    not_the_payer: '只有下单的买家本人可以支付',
    trade_not_found: '没有找到这笔订单',
    pay_sign_invalid: '支付参数签名不正确',
    failed: '操作失败：{message}',
  },
  en: {
    title: 'Simulated phone',
    otherLanguage: '中文',
    logInTo: 'Log in with WeChat',
    logInAs: 'log in',
    payer: 'Buyer',
    newPayer: 'New buyer',
    'wechat-pay': 'WeChat Pay',
    alipay: 'Alipay',
    scanLabel: 'Scan: paste what a code holds, a prepay_id or payment parameters',
    scan: 'Scan',
    openTrades: 'Waiting for payment',
    noTrades: 'Nothing waits for payment. Orders appear here by themselves.',
    tradeNumber: 'Order number',
    paysWith: 'Pay with',
    expires: 'Pay before',
    noExpiry: 'Within seven days',
    pay: 'Pay now',
    wait: 'Pay in 10 s',
    refuse: 'Cancel',
    home: 'Home',
    back: 'Back to the merchant',
    merchant: 'Simulated merchant',
    change: 'Balance · {name}',
    paid: 'Payment successful',
    scheduled: 'Will be paid in 10 seconds',
    cancelled: 'Payment cancelled',
    already_paid: 'This order is paid already',
    order_closed: 'This order is closed',
    time_expired: 'The time to pay this order is over',
    prepay_expired: 'The payment session or the code has expired',
    not_the_payer: 'Only the buyer who placed the order can pay',
    trade_not_found: 'There is no such order',
    pay_sign_invalid: 'The payment parameters are not signed correctly',
    failed: 'That failed: {message}',
  },
};

const STORED = 'suanpan-phone-language';
let language = localStorage.getItem(STORED) ?? (navigator.language.startsWith('zh') ? 'zh' : 'en');

export function say(word, values = {}) {
  const text = WORDS[language][word] ?? WORDS[language].failed.replace('{message}', word);
  return text.replace(/\{(\w+)\}/g, (_whole, name) => values[name] ?? '');
}

export function localTime(epochMs) {
  return new Date(epochMs).toLocaleString(language === 'zh' ? 'zh-CN' : 'en-GB');
}

export function showWords() {
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
  document.title = say('title');
  for (const element of document.querySelectorAll('[data-word]')) {
    element.textContent = say(element.dataset.word);
  }
  document.querySelector('#language').textContent = say('otherLanguage');
}

export function switchLanguage() {
  language = language === 'zh' ? 'en' : 'zh';
  localStorage.setItem(STORED, language);
  showWords();
}
