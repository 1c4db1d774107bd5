/** The words of each type of notice, in both languages, made from its facts at reading time. */
import type { Locale } from '../../kernel/errors.ts';
import { formatDecimal } from '../../kernel/money.ts';
import type { AmountFacts, CoinFacts, NoticeFacts, NoticeType, RefundFacts } from './notice.ts';

/** What a person reads. */
export interface NoticeText {
  readonly title: string;
  readonly body: string;
}

type Template<F> = (facts: F) => Readonly<Record<Locale, readonly [title: string, body: string]>>;

function money({ amount, currency }: AmountFacts): string {
  return `${formatDecimal({ amount, currency })} ${currency}`;
}

const COIN = 'COIN';

/** Hundredths, as people count them: without decimals that say nothing. */
function coins(amount: number): string {
  return formatDecimal({ amount, currency: COIN }).replace(/\.?0+$/, '');
}

const both = ({ coins: paid, giftCoins }: CoinFacts): Readonly<Record<Locale, string>> => ({
  en: `${coins(paid)} coins${giftCoins > 0 ? ` and ${coins(giftCoins)} given ones` : ''}`,
  zh: `${coins(paid)} 金币${giftCoins > 0 ? `及 ${coins(giftCoins)} 赠送金币` : ''}`,
});

/** What goes back the way it came. */
const asMoney: Template<RefundFacts> = ({ orderNumber, isSurplus, ...amount }) => ({
  en: [
    'Money refunded',
    isSurplus
      ? `${money(amount)} that order ${orderNumber} did not need went back to you.`
      : `${money(amount)} of order ${orderNumber} went back to you.`,
  ],
  zh: [
    '退款成功',
    isSurplus
      ? `订单 ${orderNumber} 多付的 ${money(amount)} 已退还给您。`
      : `订单 ${orderNumber} 的 ${money(amount)} 已退还给您。`,
  ],
});

/** What the customer has with the shop instead. */
const asStoreCredit: Template<RefundFacts> = ({ orderNumber, ...amount }) => ({
  en: ['Store credit', `${money(amount)} of order ${orderNumber} is in your wallet as store credit.`],
  zh: ['退款至余额', `订单 ${orderNumber} 的 ${money(amount)} 已退至您的店铺余额。`],
});

const templates: { readonly [T in NoticeType]: Template<NoticeFacts[T]> } = {
  'order.confirmed': ({ orderNumber }) => ({
    en: ['Order confirmed', `Order ${orderNumber} is confirmed and will be prepared.`],
    zh: ['订单已确认', `订单 ${orderNumber} 已确认，正在为您准备。`],
  }),
  'order.shipped': ({ orderNumber }) => ({
    en: ['Order shipped', `Order ${orderNumber} is on its way.`],
    zh: ['订单已发货', `订单 ${orderNumber} 已发货，请留意查收。`],
  }),
  'order.delivered': ({ orderNumber }) => ({
    en: ['Order delivered', `Order ${orderNumber} was delivered.`],
    zh: ['订单已送达', `订单 ${orderNumber} 已送达。`],
  }),
  'order.closed': ({ orderNumber }) => ({
    en: ['Order closed', `Order ${orderNumber} was not paid in time and is closed.`],
    zh: ['订单已关闭', `订单 ${orderNumber} 未在规定时间内支付，已关闭。`],
  }),
  'order.cancelled': ({ orderNumber, wasPaid }) => ({
    en: [
      'Order cancelled',
      `Order ${orderNumber} was cancelled.${wasPaid ? ' What you have paid goes back to you.' : ''}`,
    ],
    zh: ['订单已取消', `订单 ${orderNumber} 已取消。${wasPaid ? '已付款项将退还给您。' : ''}`],
  }),
  'coins.credited': ({ coins: bought, giftCoins }) => ({
    en: [
      'Coins credited',
      `${coins(bought)} coins${giftCoins > 0 ? `, and ${coins(giftCoins)} as a gift,` : ''} are in your wallet.`,
    ],
    zh: [
      '金币到账',
      `${coins(bought)} 金币已到账${giftCoins > 0 ? `，另赠送 ${coins(giftCoins)} 金币` : ''}。`,
    ],
  }),
  'coins.taken_back': (taken) => ({
    en: ['Coins taken back', `${both(taken).en} were taken back, because their money went back.`],
    zh: ['金币已收回', `因订单退款，已收回 ${both(taken).zh}。`],
  }),
  'coins.given_back': (given) => ({
    en: ['Coins given back', `${both(given).en} are yours again: their money did not go back after all.`],
    zh: ['金币已返还', `退款未成功，已返还 ${both(given).zh}。`],
  }),
  'wallet.gift_expired': ({ amount }) => ({
    en: ['Gift coins expired', `${coins(amount)} coins that were given to you have expired.`],
    zh: ['赠送金币已过期', `您的 ${coins(amount)} 赠送金币已过期。`],
  }),
  'wallet.adjusted': ({ amount, currency }) => {
    const size = Math.abs(amount);
    const isCoins = currency === COIN;
    const en = isCoins ? `${coins(size)} coins were` : `${money({ amount: size, currency })} was`;
    const zh = isCoins ? `${coins(size)} 金币` : money({ amount: size, currency });
    return {
      en: ['Wallet corrected', `${en} ${amount > 0 ? 'added to' : 'taken from'} your wallet.`],
      zh: ['余额调整', `您的钱包${amount > 0 ? '增加' : '减少'}了 ${zh}。`],
    };
  },
  'refund.succeeded': (refund) => (refund.isStoreCredit ? asStoreCredit(refund) : asMoney(refund)),
  'topup.delivered': ({ name }) => ({
    en: ['Top-up delivered', `${name} was delivered.`],
    zh: ['充值成功', `${name} 已充值成功。`],
  }),
  'topup.failed': ({ name }) => ({
    en: ['Top-up failed', `${name} could not be delivered. You will be told when your money is back.`],
    zh: ['充值失败', `${name} 未能充值成功，退款到账后将通知您。`],
  }),
  'topup.undecided': ({ name }) => ({
    en: ['Top-up being checked', `The operator has not confirmed ${name} yet; we are asking.`],
    zh: ['充值核实中', `运营商尚未确认 ${name}，我们正在核实。`],
  }),
  'reward.credited': ({ amount }) => ({
    en: [
      'Coins for an invitation',
      `You were given ${coins(amount)} coins: somebody you have invited has bought some.`,
    ],
    zh: ['邀请奖励到账', `您邀请的好友购买了金币，奖励您 ${coins(amount)} 金币。`],
  }),
  'reward.taken_back': ({ amount }) => ({
    en: [
      'Coins for an invitation taken back',
      `What somebody you have invited has paid goes back; ${coins(amount)} coins were taken back.`,
    ],
    zh: ['邀请奖励已收回', `您邀请的好友的订单款项已退回，收回奖励 ${coins(amount)} 金币。`],
  }),
};

/** A node of another release may have written a type that this one does not know. */
const UNKNOWN: Readonly<Record<Locale, NoticeText>> = {
  en: { title: 'News', body: 'There is news for you.' },
  zh: { title: '消息', body: '您有一条新消息。' },
};

/** Title and body of a notice that was kept, in the reader's language. */
export function toText(type: string, facts: unknown, locale: Locale): NoticeText {
  if (!Object.hasOwn(templates, type)) {
    return UNKNOWN[locale];
  }
  const template = templates[type as NoticeType] as Template<unknown>;
  const [title, body] = template(facts)[locale];
  return { title, body };
}
