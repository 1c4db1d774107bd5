import { Card, Descriptions, type DescriptionsProps, Typography } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { personName } from '../../person-name.ts';
import type { StaffOrder } from '../../types/operations.ts';
import type { Address } from '../../types/orders.ts';
import { CustomerLink } from '../customer-link.tsx';
import { useAct } from '../use-act.ts';
import { useMay } from '../use-me.ts';

function AddressText({ address }: { readonly address: Address }) {
  const { company, street1, street2, zipCode, city, state, country, phone } = address;
  const lines = [
    [personName(address)],
    [company],
    [street1, street2],
    [zipCode, city, state, country],
    [phone],
  ];
  return lines
    .map((parts) => parts.filter(Boolean).join(' '))
    .filter(Boolean)
    .map((line) => <div key={line}>{line}</div>);
}

/** The note that customers do not see; edited in place. */
function InternalNote({ order }: { readonly order: StaffOrder }) {
  const { t } = useTranslation();
  const may = useMay();
  const act = useAct();
  const save = (text: string) => {
    const internalNote = text.trim() === '' ? null : text.trim();
    if (internalNote !== order.internalNote) {
      act.mutate({ method: 'PATCH', path: `/admin/orders/${order.id}`, body: { internalNote } });
    }
  };
  return (
    <Typography.Paragraph
      className="internal-note"
      editable={may('orders.write') && { onChange: save, text: order.internalNote ?? '', maxLength: 5_000 }}
    >
      {order.internalNote ?? <span className="faint">{t('internalNoteHint')}</span>}
    </Typography.Paragraph>
  );
}

/** Where it goes, what was noted, where it came from. */
export function OrderFacts({ order }: { readonly order: StaffOrder }) {
  const { t } = useTranslation();
  const { shippingAddress, billingAddress, carrier, trackingNumber, metadata } = order;
  const optional = (label: string, children: ReactNode, isThere: boolean) =>
    isThere ? [{ key: label, label: t(label), children }] : [];
  const items: DescriptionsProps['items'] = [
    { key: 'customer', label: t('customer'), children: <CustomerLink id={order.customerId} /> },
    {
      key: 'source',
      label: t('source'),
      children: [metadata.source, metadata.ipAddress].filter(Boolean).join(' · '),
    },
    {
      key: 'shippingAddress',
      label: t('shippingAddress'),
      children: shippingAddress === null ? t('noAddress') : <AddressText address={shippingAddress} />,
    },
    ...optional(
      'billingAddress',
      billingAddress && <AddressText address={billingAddress} />,
      billingAddress !== null,
    ),
    ...optional(
      'tracking',
      [carrier, trackingNumber].filter(Boolean).join(' · '),
      carrier !== null || trackingNumber !== null,
    ),
    ...optional('customerNote', order.customerNote, order.customerNote !== null),
    ...optional('cancelReason', order.cancelReason, order.cancelReason !== null),
    { key: 'internalNote', label: t('internalNote'), children: <InternalNote order={order} /> },
  ];
  return (
    <Card title={t('details')}>
      <Descriptions layout="vertical" colon={false} column={{ xs: 1, sm: 2 }} size="small" items={items} />
    </Card>
  );
}
