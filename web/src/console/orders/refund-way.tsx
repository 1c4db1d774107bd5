import { Form, Radio } from 'antd';
import { useTranslation } from 'react-i18next';
import { wordFor } from '../../language.ts';

/** How money goes back: through the provider that took it, or by a person where the provider would not. */
export type RefundWay = 'provider' | 'by_hand';

const WAYS: readonly RefundWay[] = ['provider', 'by_hand'];

/** The way as the routes of refunds take it. */
export function toWay(way: RefundWay): object {
  return way === 'by_hand' ? { byHand: true } : {};
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
