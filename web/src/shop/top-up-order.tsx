import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router';
import { shopApi } from '../api.ts';
import { wordFor } from '../language.ts';
import { Answered } from '../light/notices.tsx';
import { formatMoment } from '../moments.ts';
import { formatMoney } from '../money.ts';
import type { Topup } from '../types/topups.ts';
import { isTopupMoving, phaseOfTopup, type TopupPhase } from './top-up-state.ts';

const FOLLOW_MS = 2_000;

const MARKS: Readonly<Record<TopupPhase, 'good' | 'wait' | 'over'>> = {
  unpaid: 'wait',
  over: 'over',
  waiting: 'wait',
  delivering: 'wait',
  delivered: 'good',
  checking: 'wait',
  failed: 'over',
  refunding: 'over',
  refunded: 'over',
};

function TopupView({ topup }: { readonly topup: Topup }) {
  const { t, i18n } = useTranslation();
  const phase = phaseOfTopup(topup);
  const facts = [
    { label: 'phoneNumber', text: topup.msisdn },
    { label: 'offer', text: topup.englishName ?? topup.name },
    { label: 'operatorPrice', text: formatMoney(topup.price, topup.priceCurrency, i18n.language) },
    { label: 'total', text: formatMoney(topup.amount, topup.currency, i18n.language) },
    ...(topup.resultAt === null || phase !== 'delivered'
      ? []
      : [{ label: 'deliveredAt', text: formatMoment(topup.resultAt, i18n.language) }]),
    ...(topup.serviceId === null ? [] : [{ label: 'operatorNumber', text: topup.serviceId }]),
  ];
  return (
    <section className="card narrow centred">
      <span className={`mark ${MARKS[phase]}`} aria-hidden="true" />
      <div role="status">
        <h1>{wordFor('topupPhase', phase)}</h1>
      </div>
      <p>{t(`topupHint.${phase}`)}</p>
      <dl className="facts">
        {facts.map(({ label, text }) => (
          <div key={label} className="sum">
            <dt>{t(label)}</dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
      {phase === 'unpaid' && (
        <a className="button wide" href={`/cashier/${topup.orderId}`}>
          {t('pay')}
        </a>
      )}
      <Link className="link" to="/top-up">
        {t('topUpAnother')}
      </Link>
    </section>
  );
}

/** One top-up, followed until it has been delivered or its money is back. By its own id or its order's. */
export function TopUpOrder() {
  const { id = '' } = useParams();
  const topup = useQuery({
    queryKey: ['topup', id],
    queryFn: () => shopApi.get<Topup>(`/topup/orders/${encodeURIComponent(id)}`),
    refetchInterval: ({ state }) =>
      state.data !== undefined && isTopupMoving(state.data) ? FOLLOW_MS : false,
  });
  return <Answered query={topup}>{(found) => <TopupView topup={found} />}</Answered>;
}
