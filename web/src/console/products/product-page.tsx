import { useQuery } from '@tanstack/react-query';
import { Button, Card, Table } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useParams } from 'react-router';
import { consoleApi } from '../../api.ts';
import { toSafeElements } from '../../safe-html.ts';
import type { StaffProduct, StaffVariant } from '../../types/catalog.ts';
import { Answered } from '../notices.tsx';
import { PageHead } from '../page-head.tsx';
import { Thumb } from '../thumb.tsx';
import { useMay } from '../use-me.ts';
import { Amount, Status } from '../values.tsx';
import { StockDialog } from './stock-dialog.tsx';

function VariantPrice({ variant }: { readonly variant: StaffVariant }) {
  const { price, unitPrice, currency } = variant;
  return (
    <>
      {price < unitPrice && (
        <s className="faint">
          <Amount amount={unitPrice} currency={currency} />
        </s>
      )}{' '}
      <Amount amount={price} currency={currency} />
    </>
  );
}

function StockText({ variant }: { readonly variant: StaffVariant }) {
  const { t } = useTranslation();
  const { isTracked, onHand, reserved } = variant.stock;
  if (!isTracked) {
    return <span className="faint">{t('untracked')}</span>;
  }
  return (
    <>
      {onHand}{' '}
      {reserved > 0 && (
        <span className="faint">
          ({t('reserved')} {reserved})
        </span>
      )}
    </>
  );
}

function Variants({ product }: { readonly product: StaffProduct }) {
  const { t } = useTranslation();
  const may = useMay();
  const [edited, setEdited] = useState<StaffVariant>();
  return (
    <Card title={t('variants')}>
      <Table<StaffVariant>
        size="small"
        rowKey="id"
        dataSource={[...product.variants]}
        pagination={{ pageSize: 50, hideOnSinglePage: true, showSizeChanger: false }}
        scroll={{ x: 'max-content' }}
        columns={[
          {
            title: t('product'),
            render: (_value, { title, sku, image }) => (
              <div className="thing">
                <Thumb url={image} name={title || product.name} />
                <div>
                  {title || product.name}
                  <small className="faint">{sku}</small>
                </div>
              </div>
            ),
          },
          {
            title: t('status'),
            render: (_value, { status }) => <Status kind="productStatus" value={status} />,
          },
          {
            title: t('price'),
            align: 'right',
            render: (_value, variant) => <VariantPrice variant={variant} />,
          },
          { title: t('stock'), align: 'right', render: (_value, variant) => <StockText variant={variant} /> },
          {
            key: 'edit',
            align: 'right',
            render: (_value, variant) =>
              may('inventory.write') && (
                <Button type="link" size="small" onClick={() => setEdited(variant)}>
                  {t('editStock')}
                </Button>
              ),
          },
        ]}
      />
      {edited !== undefined && (
        <StockDialog
          item={{ variantId: edited.id, sku: edited.sku, ...edited.stock }}
          onClose={() => setEdited(undefined)}
        />
      )}
    </Card>
  );
}

function ProductView({ product }: { readonly product: StaffProduct }) {
  const { t } = useTranslation();
  const isInShop = product.status === 'active' && product.visibility === 'public';
  return (
    <>
      <PageHead
        back={{ to: '/products', name: t('nav.products') }}
        title={product.name}
        tags={<Status kind="productStatus" value={product.status} />}
        actions={
          isInShop && (
            <Button href={`/shop/products/${encodeURIComponent(product.slug)}`} target="_blank">
              {t('seeInShop')}
            </Button>
          )
        }
      />
      <div className="stack">
        <Variants product={product} />
        <Card title={t('details')}>{toSafeElements(product.description)}</Card>
      </div>
    </>
  );
}

export function ProductPage() {
  const { id = '' } = useParams();
  const product = useQuery({
    queryKey: ['/admin/products', id],
    queryFn: () => consoleApi.get<StaffProduct>(`/admin/products/${encodeURIComponent(id)}`),
  });
  return <Answered query={product}>{(found) => <ProductView product={found} />}</Answered>;
}
