import { Button, Flex } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { CashRemittance } from '../../types/hand-books.ts';
import { DataTable } from '../data-table.tsx';
import { ChoiceFilter, chosen, Filters } from '../filters.tsx';
import { useList } from '../use-list.ts';
import { useMay, useMe } from '../use-me.ts';
import { Amount, Id, Moment, Status } from '../values.tsx';
import { SettleDialog } from './settle-dialog.tsx';

type Open = { readonly remittance: CashRemittance; readonly verb: 'confirm' | 'cancel' };

function Actions({
  remittance,
  onOpen,
}: {
  readonly remittance: CashRemittance;
  readonly onOpen: (open: Open) => void;
}) {
  const { t } = useTranslation();
  const may = useMay();
  const me = useMe();
  if (remittance.state !== 'recorded') {
    return null;
  }
  return (
    <Flex gap="small" justify="end">
      {may('cash.record') && (
        <Button size="small" onClick={() => onOpen({ remittance, verb: 'cancel' })}>
          {t('takeBack')}
        </Button>
      )}
      {may('cash.confirm') && remittance.recordedBy !== me.data?.id && (
        <Button size="small" type="primary" onClick={() => onOpen({ remittance, verb: 'confirm' })}>
          {t('cashArrived')}
        </Button>
      )}
    </Flex>
  );
}

/** Cash that was handed over: what waits for a second person, and what has arrived. */
export function HandOvers() {
  const { t } = useTranslation();
  const [open, setOpen] = useState<Open>();
  const list = useList<CashRemittance>('/admin/cash-remittances', (filter) => ({
    state: chosen(filter('state')),
  }));
  return (
    <>
      <Filters>
        <ChoiceFilter
          list={list}
          name="state"
          label={t('status')}
          kind="remittance"
          values={['recorded', 'confirmed', 'cancelled']}
        />
      </Filters>
      <DataTable
        list={list}
        rowKey="id"
        columns={[
          { title: t('created'), render: (_value, { createdAt }) => <Moment at={createdAt} /> },
          { title: t('courier'), dataIndex: 'courier' },
          { title: t('collections'), align: 'right', dataIndex: 'collections' },
          {
            title: t('amount'),
            align: 'right',
            render: (_value, { amount, currency }) => <Amount amount={amount} currency={currency} />,
          },
          {
            title: t('status'),
            render: (_value, { state, reference }) => (
              <>
                <Status kind="remittance" value={state} />
                {reference !== null && <small className="faint">{reference}</small>}
              </>
            ),
          },
          { title: t('recordedBy'), render: (_value, { recordedBy }) => <Id id={recordedBy} isShort /> },
          {
            key: 'actions',
            align: 'right',
            render: (_value, remittance) => <Actions remittance={remittance} onOpen={setOpen} />,
          },
        ]}
      />
      {open !== undefined && <SettleDialog {...open} onClose={() => setOpen(undefined)} />}
    </>
  );
}
