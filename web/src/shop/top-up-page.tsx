import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { SubmitEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useSearchParams } from 'react-router';
import { shopApi } from '../api.ts';
import { textOf } from '../form-text.ts';
import { wordFor } from '../language.ts';
import { Field } from '../light/field.tsx';
import { Answered } from '../light/notices.tsx';
import { formatMoment } from '../moments.ts';
import { formatMoney } from '../money.ts';
import type { Page } from '../types/page.ts';
import type { Topup, TopupOffer, TopupOperator } from '../types/topups.ts';
import { Pager } from './pager.tsx';
import { TopupProducts } from './top-up-products.tsx';
import { phaseOfTopup } from './top-up-state.ts';
import { useOperators } from './use-operators.ts';

/** Which numbers can be topped up. */
function Operators({ operators }: { readonly operators: readonly TopupOperator[] }) {
  const { t, i18n } = useTranslation();
  return operators.map(({ operator, name, callingCode, digits, prefixes }) => (
    <p key={operator} className="quiet">
      {t('operatorNumbers', {
        name: i18n.language === 'en' ? name.en : name.zh,
        callingCode,
        digits,
        prefixes: prefixes.join(', '),
      })}
    </p>
  ));
}

function NumberForm({
  msisdn,
  onAsk,
}: {
  readonly msisdn: string;
  readonly onAsk: (number: string) => void;
}) {
  const { t } = useTranslation();
  const onSubmit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    onAsk(textOf(new FormData(event.currentTarget), 'msisdn'));
  };
  return (
    <form className="number-form" onSubmit={onSubmit}>
      <Field
        key={msisdn}
        label={t('phoneNumber')}
        name="msisdn"
        type="tel"
        inputMode="tel"
        autoComplete="tel"
        defaultValue={msisdn}
        required
        minLength={4}
        maxLength={32}
      />
      <button type="submit" className="button">
        {t('showOffers')}
      </button>
    </form>
  );
}

function Offer({ msisdn }: { readonly msisdn: string }) {
  const offer = useQuery({
    queryKey: ['topup-products', msisdn],
    queryFn: () => shopApi.get<TopupOffer>('/topup/products', { msisdn }),
    retry: false,
  });
  return <Answered query={offer}>{(found) => <TopupProducts key={found.msisdn} offer={found} />}</Answered>;
}

function TopupCard({ topup }: { readonly topup: Topup }) {
  const { t, i18n } = useTranslation();
  const phase = phaseOfTopup(topup);
  return (
    <li>
      <Link className="card order-card" to={`/top-up/${topup.id}`}>
        <span>
          <strong>
            {topup.msisdn} · {topup.englishName ?? topup.name}
          </strong>
          <small className="quiet">{formatMoment(topup.createdAt, i18n.language)}</small>
        </span>
        <span>
          <strong>{formatMoney(topup.amount, topup.currency, i18n.language)}</strong>
          <span className={`state ${phase === 'delivered' ? 'completed' : ''}`}>
            {wordFor('topupPhase', phase)}
          </span>
        </span>
      </Link>
      {phase === 'unpaid' && (
        <a className="button small" href={`/cashier/${topup.orderId}`}>
          {t('pay')}
        </a>
      )}
    </li>
  );
}

/** The customer's own top-ups, newest first. */
function OwnTopups() {
  const { t } = useTranslation();
  const [parameters] = useSearchParams();
  const page = Math.max(1, Number(parameters.get('page')) || 1);
  const topups = useQuery({
    queryKey: ['topups', page],
    queryFn: () => shopApi.get<Page<Topup>>('/topup/orders', { page, limit: 10 }),
    placeholderData: keepPreviousData,
  });
  return (
    <Answered query={topups}>
      {({ items, pagination }) =>
        items.length > 0 && (
          <>
            <h2>{t('myTopups')}</h2>
            <ul className="order-list">
              {items.map((topup) => (
                <TopupCard key={topup.id} topup={topup} />
              ))}
            </ul>
            <Pager pagination={pagination} />
          </>
        )
      }
    </Answered>
  );
}

/** From a number to what is sold for it, and from there to the cashier. */
export function TopUpPage() {
  const { t } = useTranslation();
  const [parameters, setParameters] = useSearchParams();
  const msisdn = parameters.get('msisdn') ?? '';
  const operators = useOperators();
  return (
    <>
      <h1>{t('topUp')}</h1>
      <section className="card">
        <NumberForm msisdn={msisdn} onAsk={(number) => setParameters({ msisdn: number })} />
        <Operators operators={operators} />
      </section>
      {msisdn !== '' && <Offer msisdn={msisdn} />}
      <OwnTopups />
    </>
  );
}
