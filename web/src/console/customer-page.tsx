import { useQuery } from '@tanstack/react-query';
import { Alert, Card, Descriptions } from 'antd';
import { useTranslation } from 'react-i18next';
import { useParams } from 'react-router';
import { consoleApi } from '../api.ts';
import type { Customer } from '../types/customers.ts';
import type { CustomerInvites } from '../types/invites.ts';
import { CustomerLink } from './customer-link.tsx';
import { customerName } from './customer-name.ts';
import { Problem } from './notices.tsx';
import { PageHead } from './page-head.tsx';
import { useCustomer } from './use-customer.ts';
import { useMay } from './use-me.ts';
import { Amount, Id, Moment, Status } from './values.tsx';
import { WalletPart } from './wallet/wallet-part.tsx';

function Facts({ customer }: { readonly customer: Customer }) {
  const { t } = useTranslation();
  const { id, username, email, profile, createdAt, lastLoginAt } = customer;
  return (
    <Card title={t('customer')}>
      <Descriptions
        layout="vertical"
        colon={false}
        size="small"
        column={{ xs: 1, sm: 2, lg: 3 }}
        items={[
          { key: 'username', label: t('userName'), children: username ?? '–' },
          { key: 'email', label: t('email'), children: email ?? '–' },
          { key: 'phone', label: t('phone'), children: profile.phone ?? '–' },
          { key: 'registered', label: t('registered'), children: <Moment at={createdAt} /> },
          { key: 'lastLogin', label: t('lastLogin'), children: <Moment at={lastLoginAt} /> },
          { key: 'id', label: t('id'), children: <Id id={id} isShort /> },
        ]}
      />
    </Card>
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

/** One customer: who they are, what they hold, and whom they have brought. */
export function CustomerPage() {
  const { t } = useTranslation();
  const may = useMay();
  const { id = '' } = useParams();
  const customer = useCustomer(id);
  const isHidden = !['customers.read', 'wallet.read', 'invites.read'].some(may);
  return (
    <>
      <PageHead
        title={customer === undefined ? id : customerName(customer)}
        {...(may('wallet.read') && { back: { to: '/wallets', name: t('nav.wallets') } })}
        tags={
          customer !== undefined &&
          customer.status !== 'active' && <Status kind="userStatus" value={customer.status} />
        }
      />
      <div className="stack">
        {isHidden && <Alert type="info" showIcon title={t('customerHidden')} />}
        {customer !== undefined && <Facts customer={customer} />}
        {may('wallet.read') && <WalletPart customerId={id} />}
        {may('invites.read') && <InvitePart customerId={id} />}
      </div>
    </>
  );
}
