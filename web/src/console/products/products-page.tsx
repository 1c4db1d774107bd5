import { Button, type TableProps } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import type { StaffProductSummary } from '../../types/catalog.ts';
import { DataTable } from '../data-table.tsx';
import { ChoiceFilter, chosen, Filters, SearchFilter } from '../filters.tsx';
import { PageHead } from '../page-head.tsx';
import { Thumb } from '../thumb.tsx';
import { useList } from '../use-list.ts';
import { useMay } from '../use-me.ts';
import { Amount, Moment, Status } from '../values.tsx';
import { ImportDialog } from './import-dialog.tsx';

const STATUSES = ['draft', 'active', 'inactive', 'archived'];

function useColumns(): NonNullable<TableProps<StaffProductSummary>['columns']> {
  const { t } = useTranslation();
  return [
    {
      title: t('product'),
      render: (_value, { id, name, slug, image }) => (
        <div className="thing">
          <Thumb url={image?.url ?? null} name={name} />
          <div>
            <Link to={`/products/${id}`}>{name}</Link>
            <small className="faint">{slug}</small>
          </div>
        </div>
      ),
    },
    { title: t('status'), render: (_value, { status }) => <Status kind="productStatus" value={status} /> },
    { title: t('category'), render: (_value, { category }) => category.name },
    { title: t('vendor'), render: (_value, { vendor }) => vendor },
    { title: t('variants'), align: 'right', dataIndex: 'variantCount' },
    {
      title: t('price'),
      align: 'right',
      render: (_value, { minPrice, maxPrice, currency }) => (
        <>
          <Amount amount={minPrice} currency={currency} />
          {maxPrice > minPrice && (
            <>
              {' – '}
              <Amount amount={maxPrice} currency={currency} />
            </>
          )}
        </>
      ),
    },
    { title: t('updated'), render: (_value, { updatedAt }) => <Moment at={updatedAt} /> },
  ];
}

export function ProductsPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const may = useMay();
  const [isImporting, setIsImporting] = useState(false);
  const list = useList<StaffProductSummary>('/admin/products', (filter) => ({
    search: filter('search'),
    status: chosen(filter('status')),
  }));
  return (
    <>
      <PageHead
        title={t('nav.products')}
        actions={
          may('products.write') && (
            <Button type="primary" onClick={() => setIsImporting(true)}>
              {t('import')}
            </Button>
          )
        }
      />
      <Filters>
        <SearchFilter list={list} name="search" label={t('productSearch')} />
        <ChoiceFilter list={list} name="status" label={t('status')} kind="productStatus" values={STATUSES} />
      </Filters>
      <DataTable
        list={list}
        rowKey="id"
        columns={useColumns()}
        onOpen={({ id }) => {
          void navigate(`/products/${id}`);
        }}
      />
      {isImporting && <ImportDialog onClose={() => setIsImporting(false)} />}
    </>
  );
}
