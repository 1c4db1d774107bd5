import { Card, Table } from 'antd';
import { Fragment } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { OrderLine, OrderSummary } from '../../types/orders.ts';
import { Thumb } from '../thumb.tsx';
import { Amount } from '../values.tsx';

function Sums({ order }: { readonly order: OrderSummary }) {
  const { t } = useTranslation();
  const { currency } = order;
  const extras = (['discount', 'tax', 'shipping'] as const).filter((name) => order[name] !== 0);
  const parts = extras.length === 0 ? [] : (['subtotal', ...extras] as const);
  return (
    <div className="sums">
      {parts.map((name) => (
        <Fragment key={name}>
          <span>{t(name)}</span>
          <Amount amount={name === 'discount' ? -order.discount : order[name]} currency={currency} />
        </Fragment>
      ))}
      <span className="grand">{t('total')}</span>
      <span className="grand">
        <Amount amount={order.total} currency={currency} />
      </span>
    </div>
  );
}

/** What was ordered, as it was when it was ordered. */
export function OrderLines({ order }: { readonly order: OrderSummary }) {
  const { t } = useTranslation();
  return (
    <Card title={t('lines')}>
      <Table<OrderLine>
        size="small"
        rowKey="variantId"
        dataSource={[...order.items]}
        pagination={false}
        scroll={{ x: 440 }}
        columns={[
          {
            title: t('product'),
            render: (_value, { productId, name, sku, image }) => (
              <div className="thing">
                <Thumb url={image} name={name} />
                <div>
                  {order.kind === 'goods' ? <Link to={`/products/${productId}`}>{name}</Link> : name}
                  {order.kind === 'goods' && <small className="faint">{sku}</small>}
                </div>
              </div>
            ),
          },
          {
            title: t('price'),
            align: 'right',
            render: (_value, { unitPrice, salePrice }) => (
              <Amount amount={salePrice ?? unitPrice} currency={order.currency} />
            ),
          },
          { title: t('quantity'), align: 'right', dataIndex: 'quantity' },
          {
            title: t('total'),
            align: 'right',
            render: (_value, { totalPrice }) => <Amount amount={totalPrice} currency={order.currency} />,
          },
        ]}
      />
      <Sums order={order} />
    </Card>
  );
}
