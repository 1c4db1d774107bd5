import { Form, InputNumber } from 'antd';
import { useTranslation } from 'react-i18next';
import { COIN, parseMoney, toDecimal } from '../../money.ts';
import type { StaffCoinPod } from '../../types/coins.ts';
import { ActDialog } from '../act-dialog.tsx';
import { AmountField, given, TextField } from '../fields.tsx';

interface Fields {
  readonly name: string;
  readonly description?: string;
  readonly coin: string;
  readonly giftCoin?: string;
  readonly giftDays?: number | null;
  readonly price: string;
  readonly currency: string;
}

interface Props {
  /** The one that is changed; without it a new one is made. */
  readonly pod?: StaffCoinPod;
  readonly currency: string;
  readonly onClose: () => void;
}

const LONGEST_GIFT_DAYS = 3_650;

function toFields(pod: StaffCoinPod): Fields {
  return {
    name: pod.name,
    description: pod.description ?? '',
    coin: toDecimal(pod.coin, COIN),
    giftCoin: toDecimal(pod.giftCoin, COIN),
    giftDays: pod.giftDays,
    price: toDecimal(pod.price, pod.currency),
    currency: pod.currency,
  };
}

function toBody({ name, description, coin, giftCoin = '', giftDays, price, currency }: Fields) {
  return {
    name,
    description: given(description) ?? null,
    coin: parseMoney(coin, COIN),
    giftCoin: parseMoney(giftCoin, COIN) ?? 0,
    giftDays: giftDays ?? null,
    price: parseMoney(price, currency),
    currency,
  };
}

/** Makes a package of coins, or changes one; orders that were placed keep what they were placed for. */
export function PodDialog({ pod, currency, onClose }: Props) {
  const { t } = useTranslation();
  return (
    <ActDialog<Fields>
      title={t(pod === undefined ? 'podNew' : 'podEdit')}
      verb={t('save')}
      initialValues={pod === undefined ? { giftCoin: '0' } : toFields(pod)}
      toAct={(fields) => ({
        method: pod === undefined ? 'POST' : 'PATCH',
        path: pod === undefined ? '/admin/coin-pods' : `/admin/coin-pods/${pod.id}`,
        body: toBody({ ...fields, currency }),
      })}
      onClose={onClose}
    >
      <TextField name="name" label={t('name')} maxLength={100} autoFocus />
      <TextField name="description" label={t('podDescription')} isRequired={false} maxLength={500} rows={2} />
      <div className="field-row">
        <AmountField name="price" label={t('priceIn', { currency })} currency={currency} autoFocus={false} />
        <AmountField name="coin" label={t('coins')} currency={COIN} autoFocus={false} />
      </div>
      <div className="field-row">
        <AmountField name="giftCoin" label={t('giftCoins')} currency={COIN} least={0} autoFocus={false} />
        <Form.Item name="giftDays" label={t('giftDays')} extra={t('giftDaysHint')}>
          <InputNumber min={1} max={LONGEST_GIFT_DAYS} precision={0} />
        </Form.Item>
      </div>
    </ActDialog>
  );
}
