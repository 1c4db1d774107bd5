import { useQuery } from '@tanstack/react-query';
import { Button, Card, Descriptions, type DescriptionsProps, Segmented } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useSearchParams } from 'react-router';
import { consoleApi } from '../../api.ts';
import { COIN } from '../../money.ts';
import type { Page } from '../../types/page.ts';
import type { Wallet, WalletAdjustment } from '../../types/wallet.ts';
import { Problem } from '../notices.tsx';
import { useMay } from '../use-me.ts';
import { Amount, Moment } from '../values.tsx';
import { WaitingCard } from '../waiting-card.tsx';
import { AdjustDialog } from './adjust-dialog.tsx';
import { useAdjustmentColumns } from './adjustment-columns.tsx';
import { Statement } from './statement.tsx';
import { useWalletName } from './wallet-name.ts';

interface SumsProps {
  readonly currency: string;
  /** By the name of its word. */
  readonly sums: Readonly<Record<string, number>>;
  readonly more?: NonNullable<DescriptionsProps['items']>;
}

/** What there is of one currency. */
function Sums({ currency, sums, more = [] }: SumsProps) {
  const { t } = useTranslation();
  const nameOf = useWalletName();
  return (
    <Descriptions
      title={nameOf(currency)}
      layout="vertical"
      colon={false}
      size="small"
      column={{ xs: 2, md: 4 }}
      items={[
        ...Object.entries(sums).map(([name, amount]) => ({
          key: name,
          label: t(`wallet.${name}`),
          children: <Amount amount={amount} currency={currency} />,
        })),
        ...more,
      ]}
    />
  );
}

function Balances({ wallet }: { readonly wallet: Wallet }) {
  const { t } = useTranslation();
  const { coin, giftCoin, heldCoin, owedCoin, endingGifts, storeCredit } = wallet;
  return (
    <div className="stack">
      <Sums
        currency={COIN}
        sums={{ paid: coin, gift: giftCoin, held: heldCoin, owed: owedCoin }}
        more={endingGifts.map(({ giftCoin: amount, expiresAt }) => ({
          key: expiresAt,
          label: t('giftEnds'),
          children: (
            <span>
              <Amount amount={amount} currency={COIN} /> · <Moment at={expiresAt} />
            </span>
          ),
        }))}
      />
      {storeCredit.map(({ currency, ...sums }) => (
        <Sums key={currency} currency={currency} sums={sums} />
      ))}
    </div>
  );
}

/** Which wallet's statement is shown; it stands in the address. */
function useCurrency(): [currency: string, choose: (currency: string) => void] {
  const [parameters, setParameters] = useSearchParams();
  return [
    parameters.get('currency') ?? COIN,
    (currency) => setParameters(currency === COIN ? {} : { currency }),
  ];
}

/** Offered where there is more than the coins. */
function CurrencyChoice({ wallet }: { readonly wallet: Wallet | undefined }) {
  const nameOf = useWalletName();
  const [currency, choose] = useCurrency();
  const credits = wallet?.storeCredit ?? [];
  if (credits.length === 0) {
    return null;
  }
  return (
    <Segmented
      value={currency}
      options={[COIN, ...credits.map((credit) => credit.currency)].map((value) => ({
        value,
        label: nameOf(value),
      }))}
      onChange={choose}
    />
  );
}

/** What was asked for in this wallet, and somebody else has to agree to. */
function WaitingAdjustments({ customerId }: { readonly customerId: string }) {
  const { t } = useTranslation();
  const query = { customerId, status: 'requested', limit: 100 };
  const waiting = useQuery({
    queryKey: ['/admin/wallet-adjustments', query],
    queryFn: () => consoleApi.get<Page<WalletAdjustment>>('/admin/wallet-adjustments', query),
  });
  return (
    <WaitingCard
      query={waiting}
      title={(count) => t('adjustmentsWaiting', { count })}
      columns={useAdjustmentColumns({ isWaiting: true })}
    />
  );
}

/** The lists of all wallets, narrowed to this one. */
function ListLinks({ customerId }: { readonly customerId: string }) {
  const { t } = useTranslation();
  return (
    <div className="links">
      {['adjustments', 'receivables', 'holds'].map((tab) => (
        <Link key={tab} to={`/wallets?${new URLSearchParams({ tab, customer: customerId }).toString()}`}>
          {t(tab)}
        </Link>
      ))}
    </div>
  );
}

/** The wallet of a customer: what is in it, what waits for a second person, and everything that has changed it. */
export function WalletPart({ customerId }: { readonly customerId: string }) {
  const { t } = useTranslation();
  const may = useMay();
  const [isAdjusting, setIsAdjusting] = useState(false);
  const [currency, choose] = useCurrency();
  const wallet = useQuery({
    queryKey: ['/admin/wallets', customerId],
    queryFn: () => consoleApi.get<Wallet>(`/admin/wallets/${encodeURIComponent(customerId)}`),
  });
  const canAdjust = may('wallet.adjust') && wallet.data !== undefined;
  return (
    <>
      <WaitingAdjustments customerId={customerId} />
      <Card
        title={t('wallet')}
        loading={wallet.isPending}
        extra={canAdjust && <Button onClick={() => setIsAdjusting(true)}>{t('adjustWallet')}</Button>}
      >
        {wallet.isError && <Problem error={wallet.error} onRetry={() => void wallet.refetch()} />}
        {wallet.data !== undefined && <Balances wallet={wallet.data} />}
        <ListLinks customerId={customerId} />
      </Card>
      <Card title={t('statement')} extra={<CurrencyChoice wallet={wallet.data} />}>
        <Statement customerId={customerId} />
      </Card>
      {isAdjusting && wallet.data !== undefined && (
        <AdjustDialog
          customerId={customerId}
          wallet={wallet.data}
          currency={currency}
          onDone={choose}
          onClose={() => setIsAdjusting(false)}
        />
      )}
    </>
  );
}
