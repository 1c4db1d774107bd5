import { Button, type TableProps, Tag } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { StockItem } from '../../types/catalog.ts';
import { DataTable } from '../data-table.tsx';
import { ChoiceFilter, chosen, Filters, SearchFilter } from '../filters.tsx';
import { PageHead } from '../page-head.tsx';
import { useList } from '../use-list.ts';
import { useMay } from '../use-me.ts';
import { StockDialog } from './stock-dialog.tsx';

/** The filter's words and the API's query for each. */
const SHOWN: Readonly<Record<string, Readonly<Record<string, boolean>>>> = {
  tracked: { isTracked: true },
  untracked: { isTracked: false },
  short: { isShort: true },
};

function useColumns(onEdit: (item: StockItem) => void): NonNullable<TableProps<StockItem>['columns']> {
  const { t } = useTranslation();
  const may = useMay();
  return [
    { title: t('sku'), dataIndex: 'sku' },
    {
      title: t('status'),
      render: (_value, { isTracked }) =>
        isTracked ? (
          <Tag color="green" variant="filled">
            {t('tracked')}
          </Tag>
        ) : (
          <Tag variant="filled">{t('untracked')}</Tag>
        ),
    },
    { title: t('onHand'), align: 'right', dataIndex: 'onHand' },
    { title: t('reserved'), align: 'right', dataIndex: 'reserved' },
    { title: t('backorder'), align: 'right', dataIndex: 'backorderAllowance' },
    {
      title: t('short'),
      align: 'right',
      render: (_value, { short }) => (short > 0 ? <Tag color="red">{short}</Tag> : 0),
    },
    {
      title: t('available'),
      align: 'right',
      render: (_value, { available }) => available ?? <span className="faint">{t('unlimited')}</span>,
    },
    {
      key: 'edit',
      align: 'right',
      render: (_value, item) =>
        may('inventory.write') && (
          <Button type="link" size="small" onClick={() => onEdit(item)}>
            {t('edit')}
          </Button>
        ),
    },
  ];
}

export function InventoryPage() {
  const { t } = useTranslation();
  const [edited, setEdited] = useState<StockItem>();
  const list = useList<StockItem>('/admin/inventory', (filter) => ({
    search: filter('search'),
    ...SHOWN[chosen(filter('show')) ?? ''],
  }));
  return (
    <>
      <PageHead title={t('nav.inventory')} />
      <Filters>
        <SearchFilter list={list} name="search" label={t('stockSearch')} />
        <ChoiceFilter
          list={list}
          name="show"
          label={t('showOnly')}
          kind="stockFilter"
          values={Object.keys(SHOWN)}
        />
      </Filters>
      <DataTable list={list} rowKey="variantId" columns={useColumns(setEdited)} />
      {edited !== undefined && <StockDialog item={edited} onClose={() => setEdited(undefined)} />}
    </>
  );
}
