import { useQuery } from '@tanstack/react-query';
import { Alert, Card, Descriptions } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useParams } from 'react-router';
import { consoleApi } from '../../api.ts';
import { wordFor } from '../../language.ts';
import type { TopupDetail } from '../../types/topups.ts';
import { CustomerLink } from '../customer-link.tsx';
import { History } from '../history.tsx';
import { Answered } from '../notices.tsx';
import { PageHead } from '../page-head.tsx';
import { Amount, Id, Json, Moment, Status } from '../values.tsx';
import { TopupActions } from './topup-actions.tsx';

const REFRESH_MS = 5_000;

/** Labelled facts; those that are not there yet are a dash. */
function Facts({
  title,
  facts,
}: {
  readonly title: string;
  readonly facts: Readonly<Record<string, ReactNode>>;
}) {
  const { t } = useTranslation();
  return (
    <Card title={title}>
      <Descriptions
        layout="vertical"
        colon={false}
        size="small"
        column={{ xs: 1, sm: 2, md: 3 }}
        items={Object.entries(facts).map(([label, children]) => ({
          key: label,
          label: t(label),
          children: children ?? '–',
        }))}
      />
    </Card>
  );
}

function Sold({ topup }: { readonly topup: TopupDetail }) {
  const { t } = useTranslation();
  const { rate, priceCurrency, currency } = topup;
  return (
    <Facts
      title={t('topupSold')}
      facts={{
        offer: [topup.englishName, topup.name].filter(Boolean).join(' · '),
        kindOfOffer: wordFor('topupType', topup.type),
        offerCode: topup.code,
        operatorPrice: <Amount amount={topup.price} currency={priceCurrency} />,
        total: <Amount amount={topup.amount} currency={currency} />,
        rate: `${rate.fromUnits} ${priceCurrency} = ${rate.toUnits} ${currency}`,
        order: <Id id={topup.orderId} />,
        customer: <CustomerLink id={topup.customerId} />,
        vatRegister: topup.vatRegisterNumber,
      }}
    />
  );
}

function Delivered({ topup }: { readonly topup: TopupDetail }) {
  const { t } = useTranslation();
  return (
    <Facts
      title={t('delivery')}
      facts={{
        paid: <Moment at={topup.paidAt} />,
        sent: <Moment at={topup.rechargeAt} />,
        sendUntil: <Moment at={topup.sendUntil} />,
        answered: <Moment at={topup.resultAt} />,
        operatorResult: topup.result && wordFor('topupResult', topup.result),
        operatorMessage: [topup.resultCode, topup.resultMessage].filter(Boolean).join(' · ') || null,
        sequence: topup.sequence,
        serviceId: topup.serviceId,
      }}
    />
  );
}

function TopupView({ topup }: { readonly topup: TopupDetail }) {
  const { t } = useTranslation();
  const { decision, decisionReason, decidedBy, awaitsPerson } = topup;
  // The routes of orders tell whose each step is; here it is always the order's.
  const steps = topup.history.map((step) => ({ ...step, entity: 'order', entityId: topup.orderId }));
  return (
    <>
      <PageHead
        back={{ to: '/topups', name: t('nav.topups') }}
        title={topup.msisdn}
        tags={
          <>
            <Status kind="topupStatus" value={topup.rechargeStatus} />
            <Status kind="paymentStatus" value={topup.paymentStatus} />
          </>
        }
        actions={<TopupActions topup={topup} />}
      />
      <div className="columns">
        <div className="stack">
          {awaitsPerson !== null && (
            <Alert type="warning" showIcon title={t(`topupAwaits.${awaitsPerson}`)} />
          )}
          {decision !== null && (
            <Alert
              type="info"
              showIcon
              title={t('topupDecided', { outcome: wordFor('topupResult', decision) })}
              description={[decisionReason, decidedBy].filter(Boolean).join(' · ')}
            />
          )}
          <Sold topup={topup} />
          <Delivered topup={topup} />
          {topup.vatBill !== null && (
            <Card title={t('vatBill')}>
              <Json value={topup.vatBill} />
            </Card>
          )}
        </div>
        <History steps={steps} />
      </div>
    </>
  );
}

/** One top-up: what was sold, what the operator said, and who decided. */
export function TopupPage() {
  const { id = '' } = useParams();
  const topup = useQuery({
    queryKey: ['/admin/topups', id],
    queryFn: () => consoleApi.get<TopupDetail>(`/admin/topups/${encodeURIComponent(id)}`),
    refetchInterval: ({ state }) => (state.data?.rechargeStatus === 'in_progress' ? REFRESH_MS : false),
  });
  return <Answered query={topup}>{(found) => <TopupView topup={found} />}</Answered>;
}
