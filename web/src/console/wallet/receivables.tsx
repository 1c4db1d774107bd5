import { Button, Flex, type TableProps } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { WalletReceivable } from '../../types/wallet.ts';
import { ActDialog } from '../act-dialog.tsx';
import { CustomerLink } from '../customer-link.tsx';
import { DataTable } from '../data-table.tsx';
import { TextField } from '../fields.tsx';
import { ChoiceFilter, chosen, Filters, SearchFilter } from '../filters.tsx';
import { useList } from '../use-list.ts';
import { useMay } from '../use-me.ts';
import { Amount, Id, Moment, Note, Status } from '../values.tsx';

type Verb = 'collect' | 'waive';

const INITIAL = 'open';

/** Pays a receivable from what the wallet holds now, or gives it up. */
function Settle({ receivable }: { readonly receivable: WalletReceivable }) {
  const { t } = useTranslation();
  const may = useMay();
  const [verb, setVerb] = useState<Verb>();
  const { id, status, customerId, openAmount, currency } = receivable;
  if (status !== 'open' || !may('wallet.write')) {
    return null;
  }
  return (
    <Flex gap="small" justify="end">
      <Button size="small" onClick={() => setVerb('collect')}>
        {t('collectReceivable')}
      </Button>
      <Button size="small" danger onClick={() => setVerb('waive')}>
        {t('waiveReceivable')}
      </Button>
      {verb !== undefined && (
        <ActDialog<{ readonly note: string }>
          title={t(`${verb}Receivable`)}
          isDanger={verb === 'waive'}
          toAct={(body) => ({ method: 'POST', path: `/admin/wallet-receivables/${id}/${verb}`, body })}
          onClose={() => setVerb(undefined)}
        >
          <blockquote className="asked">
            <strong>
              <Amount amount={openAmount} currency={currency} />
            </strong>
            <small className="faint below">
              {t('customer')} <CustomerLink id={customerId} />
            </small>
          </blockquote>
          <p className="faint">{t(`${verb}ReceivableHint`)}</p>
          <TextField name="note" label={t('note')} maxLength={500} rows={2} autoFocus />
        </ActDialog>
      )}
    </Flex>
  );
}

function useColumns(): NonNullable<TableProps<WalletReceivable>['columns']> {
  const { t } = useTranslation();
  return [
    { title: t('customer'), render: (_value, { customerId }) => <CustomerLink id={customerId} /> },
    {
      title: t('stillOpen'),
      align: 'right',
      render: (_value, { openAmount, currency }) => <Amount amount={openAmount} currency={currency} />,
    },
    {
      title: t('owed'),
      align: 'right',
      render: (_value, { amount, currency }) => <Amount amount={amount} currency={currency} />,
    },
    { title: t('cause'), render: (_value, { purpose }) => <Id id={purpose.id} isShort /> },
    { title: t('note'), render: (_value, { note }) => <Note text={note} /> },
    { title: t('created'), render: (_value, { createdAt }) => <Moment at={createdAt} /> },
    { title: t('status'), render: (_value, { status }) => <Status kind="receivable" value={status} /> },
    { key: 'settle', align: 'right', render: (_value, row) => <Settle receivable={row} /> },
  ];
}

/** What customers owe because it was taken back after they had spent it. */
export function Receivables() {
  const { t } = useTranslation();
  const list = useList<WalletReceivable>('/admin/wallet-receivables', (filter) => ({
    status: chosen(filter('status'), INITIAL),
    customerId: filter('customer'),
  }));
  return (
    <>
      <Filters>
        <ChoiceFilter
          list={list}
          name="status"
          label={t('status')}
          kind="receivable"
          values={['open', 'closed']}
          initial={INITIAL}
        />
        <SearchFilter list={list} name="customer" label={t('customerId')} />
      </Filters>
      <DataTable list={list} rowKey="id" columns={useColumns()} emptyText={t('nothingToDo')} />
    </>
  );
}
