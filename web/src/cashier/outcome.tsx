import { useTranslation } from 'react-i18next';
import { formatMoney } from '../money.ts';
import type { Order } from '../types/orders.ts';
import { isRefunding, type Phase, phaseOf } from './follow.ts';

const MARKS: Readonly<Record<Exclude<Phase, 'payable'>, 'good' | 'wait' | 'over'>> = {
  paid: 'good',
  authorized: 'good',
  confirmed: 'good',
  closing: 'wait',
  checking: 'wait',
  reviewing: 'wait',
  processing: 'wait',
  closed: 'over',
  cancelled: 'over',
};

const HINTS: Readonly<Partial<Record<Phase, string>>> = {
  paid: 'paidHint',
  authorized: 'paidHint',
  confirmed: 'confirmedHint',
  closing: 'closingHint',
  checking: 'checkingHint',
  reviewing: 'reviewingHint',
  processing: 'processingHint',
  closed: 'closedHint',
  cancelled: 'cancelledHint',
};

/** What is delivered by itself has a page of its own, and nobody prepares it. */
const BY_ITSELF: Readonly<Record<string, { hint: string; link: string; to: (orderId: string) => string }>> = {
  coins: { hint: 'coinsHint', link: 'seeCoins', to: () => '/shop/coins' },
  topup: { hint: 'topupHint', link: 'seeTopup', to: (orderId) => `/shop/top-up/${orderId}` },
};

const UNDER_WAY = ['reserved', 'sent', 'unknown', 'abnormal'];

/** What goes back to the buyer, and why: the order was over, or there was a second payment. */
function RefundNote({ order, phase }: { readonly order: Order; readonly phase: Phase }) {
  const { t, i18n } = useTranslation();
  const counted = order.refunds.filter(({ status }) => status === 'succeeded' || UNDER_WAY.includes(status));
  if (counted.length === 0) {
    return null;
  }
  const amount = formatMoney(
    counted.reduce((sum, refund) => sum + refund.amount, 0),
    order.currency,
    i18n.language,
  );
  const isSurplus = counted.every((refund) => refund.isSurplus);
  const isOver = phase === 'closed' || phase === 'cancelled';
  const reason = isOver ? 'late' : 'surplus';
  const ending = isRefunding(order) ? 'refunding' : 'refunded';
  const key = isSurplus ? `${reason}${ending === 'refunding' ? 'Refunding' : 'Refunded'}` : ending;
  return <p className="note">{t(key, { amount })}</p>;
}

/** The order once nothing is to be paid any more, or not now. */
export function Outcome({ order, onAsk }: { readonly order: Order; readonly onAsk: () => void }) {
  const { t, i18n } = useTranslation();
  const phase = phaseOf(order);
  const mark = phase === 'payable' ? 'wait' : MARKS[phase];
  const isCash = order.payments.some(
    ({ method, status }) => method === 'cash_on_delivery' && status === 'pending',
  );
  const byItself = BY_ITSELF[order.kind];
  const ofGoods = phase === 'confirmed' && isCash ? 'cashHint' : HINTS[phase];
  const hint = phase === 'paid' ? (byItself?.hint ?? ofGoods) : ofGoods;
  const hasRefunds = order.refunds.length > 0;
  return (
    <section className={`card narrow centred outcome ${phase}`}>
      <span className={`mark ${mark}`} aria-hidden="true" />
      <div role="status">
        <h1>{t(phase)}</h1>
      </div>
      <p className="amount">{formatMoney(order.total, order.currency, i18n.language)}</p>
      <p className="quiet">{t('orderNumber', { number: order.orderNumber })}</p>
      {hint !== undefined && !hasRefunds && <p>{t(hint)}</p>}
      <RefundNote order={order} phase={phase} />
      {mark === 'wait' && (
        <button type="button" className="link" onClick={onAsk}>
          {t('update')}
        </button>
      )}
      <a className="button wide" href={byItself?.to(order.id) ?? `/shop/orders/${order.id}`}>
        {t(byItself?.link ?? 'seeOrder')}
      </a>
      <a className="link" href="/shop/">
        {t('backToShop')}
      </a>
    </section>
  );
}
