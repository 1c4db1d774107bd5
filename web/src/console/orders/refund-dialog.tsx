import { Checkbox, Form, Input, InputNumber, Modal, Radio, Table } from 'antd';
import { useTranslation } from 'react-i18next';
import { parseMoney } from '../../money.ts';
import type { StaffOrder } from '../../types/operations.ts';
import type { OrderLine } from '../../types/orders.ts';
import { Problem } from '../notices.tsx';
import { useAct } from '../use-act.ts';
import { Amount } from '../values.tsx';

type ByPosition = Readonly<Record<string, number | null>>;

interface RefundFields {
  readonly extent: 'all' | 'part' | 'lines';
  readonly amount?: string;
  readonly units?: ByPosition;
  readonly restock?: ByPosition;
  readonly byHand?: boolean;
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

/** How many units of which line are refunded, and how many of them are fit to be sold again. */
function LineFields({ order }: { readonly order: StaffOrder }) {
  const { t } = useTranslation();
  const refunded = new Map(order.refundedItems.map((item) => [item.position, item.refundedQuantity]));
  const leftOf = ({ position, quantity }: OrderLine) => quantity - (refunded.get(position) ?? 0);
  const isOut = order.fulfilmentStatus === 'fulfilled';
  return (
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
            <Form.Item noStyle name={['units', String(line.position)]}>
              <InputNumber
                aria-label={`${t('quantity')} ${line.name}`}
                min={0}
                max={leftOf(line)}
                precision={0}
                suffix={<span className="faint">{t('unitsLeft', { count: leftOf(line) })}</span>}
              />
            </Form.Item>
          ),
        },
        {
          title: t('restockUnits'),
          hidden: !isOut,
          render: (_value, line) => (
            <Form.Item noStyle name={['restock', String(line.position)]}>
              <InputNumber
                aria-label={`${t('restockUnits')} ${line.name}`}
                min={0}
                max={leftOf(line)}
                precision={0}
              />
            </Form.Item>
          ),
        },
      ]}
    />
  );
}

function AmountField({ currency }: { readonly currency: string }) {
  const { t } = useTranslation();
  const isAmount = (_rule: unknown, text: string | undefined) =>
    (parseMoney(text ?? '', currency) ?? 0) > 0
      ? Promise.resolve()
      : Promise.reject(new Error(t('notAnAmount')));
  return (
    <Form.Item name="amount" label={t('refundAmount', { currency })} rules={[{ validator: isAmount }]}>
      <Input inputMode="decimal" autoFocus />
    </Form.Item>
  );
}

/** Returns money of an order: all that is left, an amount, or what units of its lines have cost. */
export function RefundDialog({
  order,
  onClose,
}: {
  readonly order: StaffOrder;
  readonly onClose: () => void;
}) {
  const { t } = useTranslation();
  const [form] = Form.useForm<RefundFields>();
  const extent = Form.useWatch('extent', form);
  const act = useAct({ onDone: onClose });
  const { currency } = order;
  const save = (fields: RefundFields) =>
    act.mutate({
      method: 'POST',
      path: `/orders/${order.id}/refunds`,
      body: {
        reason: fields.reason,
        ...(fields.extent === 'part' && { amount: parseMoney(fields.amount ?? '', currency) }),
        ...(fields.extent === 'lines' && { items: toItems(fields) }),
        ...(fields.byHand === true && { byHand: true }),
      },
    });
  return (
    <Modal
      open
      width={extent === 'lines' ? 720 : 520}
      title={t('refund')}
      okText={t('refund')}
      okButtonProps={{ danger: true }}
      cancelText={t('cancel')}
      confirmLoading={act.isPending}
      onOk={form.submit}
      onCancel={onClose}
    >
      <Form form={form} layout="vertical" initialValues={{ extent: 'all' }} onFinish={save}>
        <p className="faint">
          {t('refundHint')} <Amount amount={order.refundable} currency={currency} />
        </p>
        <Form.Item name="extent">
          <Radio.Group
            options={[
              { value: 'all', label: t('refundAll') },
              { value: 'part', label: t('refundPart') },
              { value: 'lines', label: t('refundLines') },
            ]}
          />
        </Form.Item>
        {extent === 'part' && <AmountField currency={currency} />}
        {extent === 'lines' && <LineFields order={order} />}
        <Form.Item
          name="reason"
          label={t('reason')}
          rules={[{ required: true, whitespace: true, message: t('required') }]}
        >
          <Input maxLength={80} />
        </Form.Item>
        <Form.Item name="byHand" valuePropName="checked" help={t('byHandHint')}>
          <Checkbox>{t('byHand')}</Checkbox>
        </Form.Item>
        {act.isError && <Problem error={act.error} />}
      </Form>
    </Modal>
  );
}
