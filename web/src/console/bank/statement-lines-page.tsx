import { Button, type TableProps } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { wordFor } from '../../language.ts';
import type { StatementLine } from '../../types/hand-books.ts';
import { DataTable } from '../data-table.tsx';
import { ChoiceFilter, chosen, Filters, SearchFilter } from '../filters.tsx';
import { PageHead } from '../page-head.tsx';
import { useList } from '../use-list.ts';
import { useMay } from '../use-me.ts';
import { Amount, Id, Status } from '../values.tsx';
import { LineActions } from './line-actions.tsx';
import { StatementImport } from './statement-import.tsx';

const STATES = [
  ...['matched', 'unmatched', 'reversing', 'confirmed', 'reversed', 'dismissed', 'recorded'],
  'payout_returned',
];
const REASONS = ['unknown_code', 'several_codes', 'currency', 'short', 'over', 'duplicate', 'closed'];
const INITIAL = 'matched';

function useColumns(): NonNullable<TableProps<StatementLine>['columns']> {
  const { t } = useTranslation();
  return [
    { title: t('bookedOn'), render: (_value, { bookedOn }) => <span className="moment">{bookedOn}</span> },
    { title: t('account'), dataIndex: 'accountId' },
    {
      title: t('lineText'),
      render: (_value, { counterparty, description, bankReference }) => (
        <>
          <div>{[counterparty, description].filter(Boolean).join(' · ')}</div>
          {bankReference !== null && <small className="faint">{bankReference}</small>}
        </>
      ),
    },
    {
      title: t('status'),
      render: (_value, { state, reason }) => (
        <>
          <Status kind="lineState" value={state} />
          {reason !== null && <small className="faint">{wordFor('lineReason', reason)}</small>}
        </>
      ),
    },
    {
      title: t('payment'),
      render: (_value, { paymentId, refundId }) => (
        <>
          <Id id={paymentId} isShort />
          {refundId !== null && (
            <div className="faint">
              <Id id={refundId} isShort />
            </div>
          )}
        </>
      ),
    },
    {
      title: t('amount'),
      align: 'right',
      render: (_value, { amount, currency }) => <Amount amount={amount} currency={currency} />,
    },
    { key: 'actions', align: 'right', render: (_value, line) => <LineActions line={line} /> },
  ];
}

/** Lines of bank statements: those to be confirmed first. */
export function StatementLinesPage() {
  const { t } = useTranslation();
  const may = useMay();
  const [isImporting, setIsImporting] = useState(false);
  const list = useList<StatementLine>('/admin/bank-statement-lines', (filter) => ({
    state: chosen(filter('state'), INITIAL),
    reason: chosen(filter('reason')),
    paymentId: filter('payment'),
  }));
  return (
    <>
      <PageHead
        title={t('nav.statements')}
        actions={
          may('bank_statements.import') && (
            <Button type="primary" onClick={() => setIsImporting(true)}>
              {t('importStatement')}
            </Button>
          )
        }
      />
      <Filters>
        <ChoiceFilter
          list={list}
          name="state"
          label={t('status')}
          kind="lineState"
          values={STATES}
          initial={INITIAL}
        />
        <ChoiceFilter list={list} name="reason" label={t('reason')} kind="lineReason" values={REASONS} />
        <SearchFilter list={list} name="payment" label={t('payment')} />
      </Filters>
      <DataTable list={list} rowKey="id" columns={useColumns()} emptyText={t('nothingToDo')} />
      {isImporting && <StatementImport onClose={() => setIsImporting(false)} />}
    </>
  );
}
