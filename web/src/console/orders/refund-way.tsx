import { Form, Radio } from 'antd';
import { useTranslation } from 'react-i18next';
import { wordFor } from '../../language.ts';

/** How money goes back: through the provider that took it, not at all but as store credit, or by a person. */
export type RefundWay = 'provider' | 'store_credit' | 'by_hand';

const WAYS: readonly RefundWay[] = ['provider', 'store_credit', 'by_hand'];

const BODIES: Readonly<Record<RefundWay, object>> = {
  provider: {},
  store_credit: { to: 'store_credit' },
  by_hand: { byHand: true },
};

/** The way as the routes of refunds take it. */
export function toWay(way: RefundWay): object {
  return BODIES[way];
}

/** The field `way` of a dialog; its value begins with `provider`. */
export function RefundWayField() {
  const { t } = useTranslation();
  const way = Form.useWatch('way') as RefundWay | undefined;
  return (
    <Form.Item
      name="way"
      label={t('refundWay')}
      initialValue="provider"
      extra={wordFor('refundWayHint', way ?? 'provider')}
    >
      <Radio.Group options={WAYS.map((value) => ({ value, label: wordFor('refundWay', value) }))} />
    </Form.Item>
  );
}
