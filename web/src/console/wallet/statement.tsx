import type { TableProps } from 'antd';
import { useTranslation } from 'react-i18next';
import { wordFor } from '../../language.ts';
import { COIN } from '../../money.ts';
import type { StaffWalletTransaction } from '../../types/wallet.ts';
import { DataTable } from '../data-table.tsx';
import { ChoiceFilter, chosen, DayFilter, Filters } from '../filters.tsx';
import { dayBounds } from '../orders/day-bounds.ts';
import { useList } from '../use-list.ts';
import { Actor, Amount, Id, Moment, Note } from '../values.tsx';

const TYPES = [
  ...['purchase', 'reward', 'store_credit', 'adjustment', 'take_back', 'give_back', 'hold', 'settle'],
  ...['release', 'spend', 'expiry', 'collection', 'waiver'],
];

/** A change; what did not change is left out. */
function Change({ amount, currency }: { readonly amount: number; readonly currency: string }) {
  if (amount === 0) {
    return <span className="faint">–</span>;
  }
  return (
    <span className={amount > 0 ? 'gain' : ''}>
      {amount > 0 && '+'}
      <Amount amount={amount} currency={currency} />
    </span>
  );
}

function useColumns(currency: string): NonNullable<TableProps<StaffWalletTransaction>['columns']> {
  const { t } = useTranslation();
  return [
    { title: t('when'), render: (_value, { at }) => <Moment at={at} /> },
    {
      title: t('walletChange'),
      render: (_value, { type, note }) => (
        <>
          {wordFor('walletType', type)}
          {note !== null && (
            <small className="faint below">
              <Note text={note} />
            </small>
          )}
        </>
      ),
    },
    {
      title: t('cause'),
      render: (_value, { purpose, actor }) => (
        <>
          <Id id={purpose.id} isShort />
          <small className="faint below">
            <Actor actor={actor} isShort />
          </small>
        </>
      ),
    },
    // Nothing of store credit is a gift.
    ...(currency === COIN ? (['paid', 'gift', 'held'] as const) : (['paid', 'held'] as const)).map(
      (name) => ({
        title: t(currency !== COIN && name === 'paid' ? 'amount' : `wallet.${name}`),
        align: 'right' as const,
        render: (_value: unknown, line: StaffWalletTransaction) => (
          <Change amount={line[name]} currency={currency} />
        ),
      }),
    ),
    {
      title: t('balanceAfter'),
      align: 'right',
      render: (_value, { paidAfter, giftAfter }) => (
        <Amount amount={paidAfter + giftAfter} currency={currency} />
      ),
    },
  ];
}

/** Everything that has changed one wallet of a customer. */
export function Statement({ customerId }: { readonly customerId: string }) {
  const { t } = useTranslation();
  const list = useList<StaffWalletTransaction>(
    `/admin/wallets/${encodeURIComponent(customerId)}/transactions`,
    (filter) => ({
      currency: filter('currency') || COIN,
      type: chosen(filter('type')),
      ...dayBounds(filter('from'), filter('until')),
    }),
  );
  return (
    <>
      <Filters>
        <ChoiceFilter list={list} name="type" label={t('walletChange')} kind="walletType" values={TYPES} />
        <DayFilter list={list} name="from" label={t('from')} />
        <DayFilter list={list} name="until" label={t('until')} />
      </Filters>
      <DataTable list={list} rowKey="id" columns={useColumns(list.filter('currency') || COIN)} />
    </>
  );
}
