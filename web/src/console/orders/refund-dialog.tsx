import { Form, Input, InputNumber, Radio, Table } from 'antd';
import { useTranslation } from 'react-i18next';
import { formatMoney, parseMoney } from '../../money.ts';
import type { StaffOrder } from '../../types/operations.ts';
import type { OrderLine } from '../../types/orders.ts';
import { ActDialog } from '../act-dialog.tsx';
import { AmountField, TextField } from '../fields.tsx';
import { Amount } from '../values.tsx';
import { type RefundWay, RefundWayField, toWay } from './refund-way.tsx';

type ByPosition = Readonly<Record<string, number | null>>;

interface RefundFields {
  readonly extent: 'all' | 'part' | 'lines';
  readonly amount?: string;
  readonly units?: ByPosition;
  readonly restock?: ByPosition;
  readonly way: RefundWay;
  readonly reason: string;
}

/** The lines that were chosen, as the API takes them. */
function toItems({ units = {}, restock = {} }: RefundFields) {
  return Object.entries(units)
    .filter(([, quantity]) => (quantity ?? 0) > 0)
    .map(([position, quantity]) => ({
      position: Number(position),
      quantity,
      restockQuantity: Math.min(restock[position] ?? 0, quantity ?? 0),
    }));
}

function toBody(fields: RefundFields, currency: string) {
  return {
    reason: fields.reason,
    ...(fields.extent === 'part' && { amount: parseMoney(fields.amount ?? '', currency) }),
    ...(fields.extent === 'lines' && { items: toItems(fields) }),
    ...toWay(fields.way),
  };
}

interface UnitsProps {
  readonly group: 'units' | 'restock';
  readonly label: string;
  readonly line: OrderLine;
  readonly most: number;
}

/** How many units of one line. */
function Units({ group, label, line, most }: UnitsProps) {
  return (
    <Form.Item noStyle name={[group, String(line.position)]}>
      <InputNumber
        aria-label={`${label} ${line.name}`}
        className="units"
        min={0}
        max={most}
        precision={0}
        placeholder="0"
      />
    </Form.Item>
  );
}

/** At least one unit has to be chosen; the message stands below the table. */
function SomeUnits() {
  const { t } = useTranslation();
  const form = Form.useFormInstance<RefundFields>();
  const check = () =>
    toItems(form.getFieldsValue(true) as RefundFields).length > 0
      ? Promise.resolve()
      : Promise.reject(new Error(t('noUnits')));
  return (
    <Form.Item name="some" dependencies={['units']} rules={[{ validator: check }]} className="only-message">
      <Input type="hidden" />
    </Form.Item>
  );
}

/** How many units of which line are refunded, and how many of them are fit to be sold again. */
function LineFields({ order }: { readonly order: StaffOrder }) {
  const { t } = useTranslation();
  const refunded = new Map(order.refundedItems.map((item) => [item.position, item.refundedQuantity]));
  const leftOf = ({ position, quantity }: OrderLine) => quantity - (refunded.get(position) ?? 0);
  const isOut = order.fulfilmentStatus === 'fulfilled';
  return (
    <>
      <Table<OrderLine>
        size="small"
        rowKey="position"
        dataSource={[...order.items]}
        pagination={false}
        scroll={{ x: 400 }}
        columns={[
          { title: t('product'), dataIndex: 'name' },
          {
            title: t('price'),
            align: 'right',
            render: (_value, { unitPrice, salePrice }) => (
              <Amount amount={salePrice ?? unitPrice} currency={order.currency} />
            ),
          },
          {
            title: t('quantity'),
            render: (_value, line) => (
              <>
                <Units group="units" label={t('quantity')} line={line} most={leftOf(line)} />{' '}
                <span className="faint">{t('unitsLeft', { count: leftOf(line) })}</span>
              </>
            ),
          },
          {
            title: t('restockUnits'),
            hidden: !isOut,
            render: (_value, line) => (
              <Units group="restock" label={t('restockUnits')} line={line} most={leftOf(line)} />
            ),
          },
        ]}
      />
      <SomeUnits />
    </>
  );
}

/** What the chosen extent asks for. */
function ExtentFields({ order }: { readonly order: StaffOrder }) {
  const { t } = useTranslation();
  const { currency, refundable } = order;
  const extent: unknown = Form.useWatch('extent');
  if (extent === 'part') {
    return (
      <AmountField name="amount" label={t('amountIn', { currency })} currency={currency} most={refundable} />
    );
  }
  return extent === 'lines' ? <LineFields order={order} /> : null;
}

/** Returns money of an order: all that is left, an amount, or what units of its lines have cost. */
export function RefundDialog({
  order,
  onClose,
}: {
  readonly order: StaffOrder;
  readonly onClose: () => void;
}) {
  const { t, i18n } = useTranslation();
  const { currency, refundable } = order;
  const amount = formatMoney(refundable, currency, i18n.language);
  return (
    <ActDialog<RefundFields>
      width={640}
      title={t('refund')}
      isDanger
      initialValues={{ extent: 'all' }}
      toAct={(fields) => ({
        method: 'POST',
        path: `/orders/${order.id}/refunds`,
        body: toBody(fields, currency),
      })}
      onClose={onClose}
    >
      <Form.Item name="extent">
        <Radio.Group
          options={[
            { value: 'all', label: t('refundAll', { amount }) },
            { value: 'part', label: t('refundPart') },
            { value: 'lines', label: t('refundLines') },
          ]}
        />
      </Form.Item>
      <ExtentFields order={order} />
      <TextField name="reason" label={t('reason')} maxLength={80} />
      <RefundWayField />
    </ActDialog>
  );
}
