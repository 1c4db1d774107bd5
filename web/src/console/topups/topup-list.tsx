import { useQuery } from '@tanstack/react-query';
import type { TableProps } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import { consoleApi } from '../../api.ts';
import { wordFor } from '../../language.ts';
import type { StaffTopup } from '../../types/topups.ts';
import { DataTable } from '../data-table.tsx';
import { ChoiceFilter, chosen, Filters, SearchFilter } from '../filters.tsx';
import { useList } from '../use-list.ts';
import { Amount, Moment, Status } from '../values.tsx';
import { WaitingCard } from '../waiting-card.tsx';
import { TopupActions } from './topup-actions.tsx';

const STATUSES = ['unfulfilled', 'in_progress', 'fulfilled', 'failed', 'unknown', 'cancelled'];
const TYPES = ['recharge', 'data', 'bill'];

type Columns = NonNullable<TableProps<StaffTopup>['columns']>;

function useColumns(): Columns {
  const { t } = useTranslation();
  return [
    {
      title: t('phoneNumber'),
      render: (_value, { id, msisdn, operator }) => (
        <>
          <Link className="id" to={`/topups/${id}`}>
            {msisdn}
          </Link>
          <small className="faint below">{wordFor('operator', operator)}</small>
        </>
      ),
    },
    {
      title: t('offer'),
      render: (_value, { name, englishName, type }) => (
        <>
          {englishName ?? name}
          <small className="faint below">{wordFor('topupType', type)}</small>
        </>
      ),
    },
    { title: t('created'), render: (_value, { createdAt }) => <Moment at={createdAt} /> },
    {
      title: t('payment'),
      render: (_value, { paymentStatus }) => <Status kind="paymentStatus" value={paymentStatus} />,
    },
    {
      title: t('delivery'),
      render: (_value, { rechargeStatus, resultMessage, rechargeAt }) => (
        <div className="wraps">
          <Status kind="topupStatus" value={rechargeStatus} />
          {rechargeAt !== null && (
            <small className="faint below">
              {t('sentAt')} <Moment at={rechargeAt} />
            </small>
          )}
          {resultMessage !== null && rechargeStatus !== 'fulfilled' && (
            <small className="faint below">{resultMessage}</small>
          )}
        </div>
      ),
    },
    {
      title: t('amount'),
      align: 'right',
      render: (_value, { amount, currency, price, priceCurrency }) => (
        <>
          <Amount amount={amount} currency={currency} />
          <small className="faint below">
            <Amount amount={price} currency={priceCurrency} />
          </small>
        </>
      ),
    },
    {
      key: 'actions',
      fixed: 'end',
      align: 'right',
      // A click on the button must not open the row as well.
      onCell: () => ({ onClick: (event) => event.stopPropagation() }),
      render: (_value, topup) => <TopupActions topup={topup} />,
    },
  ];
}

/** Those of unknown outcome first, then those that failed. */
function Waiting({ columns, onOpen }: { readonly columns: Columns; readonly onOpen: (id: string) => void }) {
  const { t } = useTranslation();
  const waiting = useQuery({
    queryKey: ['/admin/topups/waiting'],
    queryFn: () => consoleApi.get<{ readonly items: readonly StaffTopup[] }>('/admin/topups/waiting'),
    refetchInterval: 30_000,
  });
  return (
    <WaitingCard
      query={waiting}
      title={(count) => t('topupsWaiting', { count })}
      columns={columns}
      onOpen={({ id }) => onOpen(id)}
    />
  );
}

/** Every top-up, and above them what waits for a person. */
export function TopupList() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const columns = useColumns();
  const list = useList<StaffTopup>('/admin/topups', (filter) => ({
    status: chosen(filter('status')),
    type: chosen(filter('type')),
    msisdn: filter('msisdn'),
  }));
  const open = (id: string) => {
    void navigate(`/topups/${id}`);
  };
  return (
    <>
      <Waiting columns={columns} onOpen={open} />
      <Filters>
        <ChoiceFilter list={list} name="status" label={t('delivery')} kind="topupStatus" values={STATUSES} />
        <ChoiceFilter list={list} name="type" label={t('kindOfOffer')} kind="topupType" values={TYPES} />
        <SearchFilter list={list} name="msisdn" label={t('phoneNumber')} />
      </Filters>
      <DataTable list={list} rowKey="id" columns={columns} onOpen={({ id }) => open(id)} />
    </>
  );
}
