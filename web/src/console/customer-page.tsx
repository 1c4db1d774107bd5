import { useQuery } from '@tanstack/react-query';
import { Button, Card, Descriptions, Segmented } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useParams, useSearchParams } from 'react-router';
import { consoleApi } from '../api.ts';
import { COIN } from '../money.ts';
import type { CustomerInvites } from '../types/invites.ts';
import type { Wallet } from '../types/wallet.ts';
import { CustomerLink } from './customer-link.tsx';
import { Problem } from './notices.tsx';
import { PageHead } from './page-head.tsx';
import { useMay } from './use-me.ts';
import { Amount, Moment } from './values.tsx';
import { AdjustDialog } from './wallet/adjust-dialog.tsx';
import { Statement } from './wallet/statement.tsx';

function Balances({ wallet }: { readonly wallet: Wallet }) {
  const { t } = useTranslation();
  const { coin, giftCoin, heldCoin, owedCoin, endingGifts, storeCredit } = wallet;
  const sums = { paid: coin, gift: giftCoin, held: heldCoin, owed: owedCoin };
  return (
    <Descriptions
      layout="vertical"
      colon={false}
      size="small"
      column={{ xs: 2, md: 4 }}
      items={[
        ...Object.entries(sums).map(([name, amount]) => ({
          key: name,
          label: t(`wallet.${name}`),
          children: <Amount amount={amount} currency={COIN} />,
        })),
        ...endingGifts.map(({ giftCoin: amount, expiresAt }) => ({
          key: expiresAt,
          label: t('giftEnds'),
          children: (
            <span>
              <Amount amount={amount} currency={COIN} /> · <Moment at={expiresAt} />
            </span>
          ),
        })),
        ...storeCredit.map(({ currency, balance }) => ({
          key: currency,
          label: t('storeCredit'),
          children: <Amount amount={balance} currency={currency} />,
        })),
      ]}
    />
  );
}

/** Which wallet's statement is shown, where there is more than the coins. */
function CurrencyChoice({ wallet }: { readonly wallet: Wallet | undefined }) {
  const { t } = useTranslation();
  const [parameters, setParameters] = useSearchParams();
  const credits = wallet?.storeCredit ?? [];
  if (credits.length === 0) {
    return null;
  }
  return (
    <Segmented
      value={parameters.get('currency') ?? COIN}
      options={[
        { value: COIN, label: t('coins') },
        ...credits.map(({ currency }) => ({ value: currency, label: `${t('storeCredit')} ${currency}` })),
      ]}
      onChange={(currency) => setParameters(currency === COIN ? {} : { currency })}
    />
  );
}

function WalletPart({ customerId }: { readonly customerId: string }) {
  const { t } = useTranslation();
  const may = useMay();
  const [isAdjusting, setIsAdjusting] = useState(false);
  const wallet = useQuery({
    queryKey: ['/admin/wallets', customerId],
    queryFn: () => consoleApi.get<Wallet>(`/admin/wallets/${encodeURIComponent(customerId)}`),
  });
  return (
    <>
      <Card
        title={t('wallet')}
        loading={wallet.isPending}
        extra={
          may('wallet.adjust') && <Button onClick={() => setIsAdjusting(true)}>{t('adjustWallet')}</Button>
        }
      >
        {wallet.isError && <Problem error={wallet.error} onRetry={() => void wallet.refetch()} />}
        {wallet.data !== undefined && <Balances wallet={wallet.data} />}
      </Card>
      <Card title={t('statement')} extra={<CurrencyChoice wallet={wallet.data} />}>
        <Statement customerId={customerId} />
      </Card>
      {isAdjusting && <AdjustDialog customerId={customerId} onClose={() => setIsAdjusting(false)} />}
    </>
  );
}

function InvitePart({ customerId }: { readonly customerId: string }) {
  const { t } = useTranslation();
  const invites = useQuery({
    queryKey: ['/admin/customers', customerId, 'invites'],
    queryFn: () =>
      consoleApi.get<CustomerInvites>(`/admin/customers/${encodeURIComponent(customerId)}/invites`),
  });
  const { data } = invites;
  return (
    <Card title={t('nav.invites')} loading={invites.isPending}>
      {invites.isError && <Problem error={invites.error} onRetry={() => void invites.refetch()} />}
      {data !== undefined && (
        <Descriptions
          layout="vertical"
          colon={false}
          size="small"
          column={{ xs: 2, md: 4 }}
          items={[
            {
              key: 'by',
              label: t('invitedBy'),
              children: data.invite === null ? '–' : <CustomerLink id={data.invite.inviterId} />,
            },
            { key: 'code', label: t('inviteCode'), children: data.code ?? '–' },
            { key: 'invited', label: t('invitedCount'), children: data.invited },
            {
              key: 'earned',
              label: t('inviteEarned'),
              children: <Amount amount={data.earned.amount} currency={data.earned.currency} />,
            },
          ]}
        />
      )}
    </Card>
  );
}

/** One customer: what they hold, and whom they have brought. */
export function CustomerPage() {
  const { t } = useTranslation();
  const may = useMay();
  const { id = '' } = useParams();
  return (
    <>
      <PageHead
        title={id}
        {...(may('wallet.read') && { back: { to: '/wallets', name: t('nav.wallets') } })}
      />
      <div className="stack">
        {may('wallet.read') && <WalletPart customerId={id} />}
        {may('invites.read') && <InvitePart customerId={id} />}
      </div>
    </>
  );
}
