import { useTranslation } from 'react-i18next';
import type { Invite, InviteReward } from '../../types/invites.ts';
import { CustomerLink } from '../customer-link.tsx';
import { DataTable } from '../data-table.tsx';
import { ChoiceFilter, chosen, Filters, SearchFilter } from '../filters.tsx';
import { TabsPage } from '../tabs-page.tsx';
import { useList } from '../use-list.ts';
import { Amount, Id, Moment, Status } from '../values.tsx';

function Rewards() {
  const { t } = useTranslation();
  const list = useList<InviteReward>('/admin/invite-rewards', (filter) => ({
    status: chosen(filter('status')),
    inviterId: filter('inviter'),
    orderId: filter('order'),
  }));
  return (
    <>
      <Filters>
        <ChoiceFilter
          list={list}
          name="status"
          label={t('status')}
          kind="reward"
          values={['due', 'granted', 'reduced', 'withdrawn']}
        />
        <SearchFilter list={list} name="inviter" label={t('inviterId')} />
        <SearchFilter list={list} name="order" label={t('orderId')} />
      </Filters>
      <DataTable
        list={list}
        rowKey="id"
        columns={[
          { title: t('created'), render: (_value, { createdAt }) => <Moment at={createdAt} /> },
          { title: t('inviter'), render: (_value, { inviterId }) => <CustomerLink id={inviterId} /> },
          { title: t('invitee'), render: (_value, { inviteeId }) => <CustomerLink id={inviteeId} /> },
          { title: t('order'), render: (_value, { orderId }) => <Id id={orderId} isShort /> },
          {
            title: t('coinsSold'),
            align: 'right',
            render: (_value, { coins, currency }) => <Amount amount={coins} currency={currency} />,
          },
          {
            title: t('rewardShare'),
            align: 'right',
            render: (_value, { basisPoints }) => `${basisPoints / 100} %`,
          },
          {
            title: t('reward'),
            align: 'right',
            render: (_value, { amount, currency }) => <Amount amount={amount} currency={currency} />,
          },
          {
            title: t('rewardStanding'),
            align: 'right',
            render: (_value, { standing, currency }) => <Amount amount={standing} currency={currency} />,
          },
          { title: t('status'), render: (_value, { status }) => <Status kind="reward" value={status} /> },
        ]}
      />
    </>
  );
}

function InviteList() {
  const { t } = useTranslation();
  const list = useList<Invite>('/admin/invites', (filter) => ({
    inviterId: filter('inviter'),
    inviteeId: filter('invitee'),
  }));
  return (
    <>
      <Filters>
        <SearchFilter list={list} name="inviter" label={t('inviterId')} />
        <SearchFilter list={list} name="invitee" label={t('inviteeId')} />
      </Filters>
      <DataTable
        list={list}
        rowKey="inviteeId"
        columns={[
          { title: t('created'), render: (_value, { createdAt }) => <Moment at={createdAt} /> },
          { title: t('inviter'), render: (_value, { inviterId }) => <CustomerLink id={inviterId} /> },
          { title: t('invitee'), render: (_value, { inviteeId }) => <CustomerLink id={inviteeId} /> },
          { title: t('inviteCode'), render: (_value, { code }) => <code>{code}</code> },
          { title: t('generation'), align: 'right', dataIndex: 'generation' },
        ]}
      />
    </>
  );
}

/** Who has invited whom, and what that has earned them. */
export function InvitesPage() {
  const { t } = useTranslation();
  return (
    <TabsPage
      title={t('nav.invites')}
      tabs={[
        { key: 'invites', label: t('nav.invites'), children: <InviteList /> },
        { key: 'rewards', label: t('rewards'), children: <Rewards /> },
      ]}
    />
  );
}
