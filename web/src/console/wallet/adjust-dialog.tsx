import { Form, Input, Radio, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { COIN, CURRENCIES, formatMoney, parseMoney } from '../../money.ts';
import type { Wallet, WalletAdjustment } from '../../types/wallet.ts';
import { ActDialog } from '../act-dialog.tsx';
import { AmountField, TextField } from '../fields.tsx';
import { useMe } from '../use-me.ts';
import { useSettings } from '../use-settings.ts';
import { useWalletName } from './wallet-name.ts';

interface Fields {
  readonly currency: string;
  readonly direction: 'give' | 'take';
  readonly bucket: 'paid' | 'gift';
  readonly amount: string;
  /** A day, of gifts only. */
  readonly until?: string;
  readonly reason: string;
}

interface Props {
  readonly customerId: string;
  readonly wallet: Wallet;
  /** The wallet that is looked at. */
  readonly currency: string;
  /** Told which wallet it was. */
  readonly onDone: (currency: string) => void;
  readonly onClose: () => void;
}

/** Only coins are given; store credit is all of one kind. */
function toBody(customerId: string, { currency, direction, bucket: chosen, amount, until, reason }: Fields) {
  const bucket = currency === COIN ? chosen : 'paid';
  const sum = parseMoney(amount, currency) ?? 0;
  const isEnding = bucket === 'gift' && direction === 'give' && until !== undefined && until !== '';
  return {
    ...{ customerId, currency, bucket, reason },
    amount: direction === 'give' ? sum : 0 - sum,
    // The end of that day, as the clock of whoever gives it has it.
    ...(isEnding && { expiresAt: new Date(`${until}T23:59:59.999`).toISOString() }),
  };
}

/** What can be taken away: of coins those of one kind. */
function spendableOf({ coin, giftCoin, storeCredit }: Wallet, currency: string, bucket: unknown): number {
  if (currency === COIN) {
    return bucket === 'gift' ? giftCoin : coin;
  }
  return storeCredit.find((credit) => credit.currency === currency)?.balance ?? 0;
}

/** The coins, what the customer has of store credit, the shop's currency, and every other one. */
function CurrencyField({ wallet }: Pick<Props, 'wallet'>) {
  const { t } = useTranslation();
  const nameOf = useWalletName();
  const own = useSettings().data?.currency ?? [];
  const held = wallet.storeCredit.map(({ currency }) => currency);
  const choices = [...new Set([COIN, ...held].concat(own, CURRENCIES))];
  return (
    <Form.Item name="currency" label={t('adjustedWallet')}>
      <Select
        showSearch={{ optionFilterProp: 'label' }}
        options={choices.map((value) => ({ value, label: nameOf(value) }))}
      />
    </Form.Item>
  );
}

/** What depends on the wallet that was chosen: the kind of coins, the amount, and what there is of it. */
function SumFields({ wallet, currency: initial }: Pick<Props, 'wallet' | 'currency'>) {
  const { t, i18n } = useTranslation();
  const currency = (Form.useWatch('currency') as string | undefined) ?? initial;
  const bucket: unknown = Form.useWatch('bucket');
  const direction: unknown = Form.useWatch('direction');
  const isCoin = currency === COIN;
  const isEnding = isCoin && bucket === 'gift' && direction === 'give';
  const amount = formatMoney(spendableOf(wallet, currency, bucket), currency, i18n.language);
  return (
    <>
      {isCoin && <Choice name="bucket" values={['paid', 'gift']} />}
      <AmountField
        name="amount"
        label={isCoin ? t('coinAmount') : t('amountIn', { currency })}
        currency={currency}
        extra={t('hasNow', { amount })}
      />
      {isEnding && (
        <Form.Item name="until" label={t('giftUntil')}>
          <Input type="date" />
        </Form.Item>
      )}
    </>
  );
}

function Choice({ name, values }: { readonly name: string; readonly values: readonly string[] }) {
  const { t } = useTranslation();
  return (
    <Form.Item name={name} label={t(`adjust.${name}`)}>
      <Radio.Group options={values.map((value) => ({ value, label: t(`adjust.${value}`) }))} />
    </Form.Item>
  );
}

/** Puts coins or store credit right. Beyond the limit of a day, and in one's own wallet, it waits for a second person. */
export function AdjustDialog({ customerId, wallet, currency, onDone, onClose }: Props) {
  const { t } = useTranslation();
  const isOwn = useMe().data?.id === customerId;
  return (
    <ActDialog<Fields, WalletAdjustment>
      title={t('adjustWallet')}
      verb={t('save')}
      initialValues={{ currency, direction: 'give', bucket: 'paid' }}
      toAct={(fields) => ({
        method: 'POST',
        path: '/admin/wallet-adjustments',
        body: toBody(customerId, fields),
      })}
      doneText={({ status }) => t(status === 'requested' ? 'adjustmentWaits' : 'done')}
      onDone={(adjustment) => onDone(adjustment.currency)}
      onClose={onClose}
    >
      <p className="faint">{t(isOwn ? 'adjustOwnHint' : 'adjustHint')}</p>
      <CurrencyField wallet={wallet} />
      <Choice name="direction" values={['give', 'take']} />
      <SumFields wallet={wallet} currency={currency} />
      <TextField name="reason" label={t('reason')} maxLength={500} rows={2} />
    </ActDialog>
  );
}
