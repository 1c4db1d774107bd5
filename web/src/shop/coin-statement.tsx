import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import { shopApi } from '../api.ts';
import { isId } from '../ids.ts';
import { wordFor } from '../language.ts';
import { Answered } from '../light/notices.tsx';
import { formatMoment } from '../moments.ts';
import { COIN, formatMoney } from '../money.ts';
import type { Page } from '../types/page.ts';
import type { WalletTransaction } from '../types/wallet.ts';
import { Pager } from './pager.tsx';

function Line({ line }: { readonly line: WalletTransaction }) {
  const { t, i18n } = useTranslation();
  const change = line.paid + line.gift;
  return (
    <li>
      <span>
        {wordFor('walletType', line.type)}
        <small className="quiet">
          {[
            line.type === 'settle' && change > 0 && t('restIsBack'),
            line.note !== null && !isId(line.note) && line.note,
            formatMoment(line.at, i18n.language),
          ]
            .filter(Boolean)
            .join(' · ')}
        </small>
      </span>
      {change !== 0 && (
        <strong className={change > 0 ? 'good' : ''}>
          {change > 0 && '+'}
          {formatMoney(change, COIN, i18n.language)}
        </strong>
      )}
    </li>
  );
}

/** Where coins came from and went, newest first. */
export function CoinStatement() {
  const { t } = useTranslation();
  const [parameters] = useSearchParams();
  const page = Math.max(1, Number(parameters.get('page')) || 1);
  const lines = useQuery({
    queryKey: ['wallet', 'transactions', page],
    queryFn: () => shopApi.get<Page<WalletTransaction>>('/wallet/transactions', { page, limit: 20 }),
    placeholderData: keepPreviousData,
  });
  return (
    <section className="card">
      <h2>{t('statement')}</h2>
      <Answered query={lines}>
        {({ items, pagination }) => (
          <>
            {items.length === 0 && <p className="quiet">{t('noLines')}</p>}
            <ul className="statement">
              {items.map((line) => (
                <Line key={line.id} line={line} />
              ))}
            </ul>
            <Pager pagination={pagination} />
          </>
        )}
      </Answered>
    </section>
  );
}
