import { useQuery } from '@tanstack/react-query';
import { Alert, Card, Descriptions, Timeline } from 'antd';
import { useTranslation } from 'react-i18next';
import { useParams } from 'react-router';
import { consoleApi } from '../../api.ts';
import { wordFor } from '../../language.ts';
import { formatExactMoment } from '../../moments.ts';
import type { KeptCard, StaffPaymentDetail } from '../../types/operations.ts';
import { Loading, Problem } from '../notices.tsx';
import { RefundsTable } from '../orders/order-money.tsx';
import { PageHead } from '../page-head.tsx';
import { AssessmentsCard } from '../risk/assessments-card.tsx';
import { Amount, Id, Moment, Status } from '../values.tsx';
import { Captures } from './captures.tsx';
import { Hold } from './hold.tsx';
import { Mismatch } from './mismatch.tsx';

function describeCard(card: KeptCard | null): string {
  const { brand, last4, authorisationCode, responseCode } = card ?? {};
  const parts = [brand, last4 && `···· ${last4}`, authorisationCode, responseCode];
  return parts.filter(Boolean).join(' · ') || '–';
}

function Facts({ payment }: { readonly payment: StaffPaymentDetail }) {
  const { t } = useTranslation();
  const { amount, currency, purpose, provider, method, merchantAccount, appId, transactionId } = payment;
  return (
    <Card title={t('details')}>
      <Descriptions
        layout="vertical"
        colon={false}
        size="small"
        column={{ xs: 1, sm: 2, md: 3 }}
        items={[
          { key: 'amount', label: t('amount'), children: <Amount amount={amount} currency={currency} /> },
          { key: 'order', label: t('order'), children: <Id id={purpose.id} /> },
          { key: 'method', label: t('method'), children: wordFor('method', method) },
          { key: 'provider', label: t('provider'), children: provider },
          { key: 'merchant', label: t('merchant'), children: merchantAccount },
          { key: 'app', label: t('app'), children: appId ?? '–' },
          { key: 'transaction', label: t('transaction'), children: transactionId ?? '–' },
          {
            key: 'reference',
            label: t('providerReference'),
            children: payment.providerReference ?? '–',
          },
          { key: 'card', label: t('card'), children: describeCard(payment.card) },
          {
            key: 'reason',
            label: t('providerReason'),
            children: [payment.providerReason, payment.failureReason].filter(Boolean).join(' · ') || '–',
          },
          { key: 'waits', label: t('waitsUntil'), children: <Moment at={payment.heldUntil} /> },
          { key: 'created', label: t('created'), children: <Moment at={payment.createdAt} /> },
          { key: 'expires', label: t('expires'), children: <Moment at={payment.expiresAt} /> },
          { key: 'paid', label: t('paid'), children: <Moment at={payment.paidAt} /> },
        ]}
      />
    </Card>
  );
}

function History({ payment }: { readonly payment: StaffPaymentDetail }) {
  const { t, i18n } = useTranslation();
  return (
    <Card title={t('history')}>
      <Timeline
        items={payment.history.toReversed().map((step, index) => ({
          key: `${step.entityId} ${step.at} ${index}`,
          color: 'gray',
          content: (
            <div className="timeline-entry">
              <p>
                {wordFor('field', `${step.entity}.${step.field}`)}{' '}
                <Status kind={step.entity === 'refund' ? 'refund' : 'attempt'} value={step.to} />
              </p>
              <small>
                {wordFor('actor', step.actor.type)} {step.actor.id}
                {step.note !== null && ` · ${step.note}`}
              </small>
              <small>{formatExactMoment(step.at, i18n.language)}</small>
            </div>
          ),
        }))}
      />
    </Card>
  );
}

function PaymentView({ payment }: { readonly payment: StaffPaymentDetail }) {
  const { t } = useTranslation();
  return (
    <>
      <PageHead
        back={{ to: '/payments', name: t('nav.payments') }}
        title={payment.id}
        tags={<Status kind="attempt" value={payment.status} />}
      />
      <div className="columns">
        <div className="stack">
          {payment.mismatch !== null && <Mismatch payment={payment} mismatch={payment.mismatch} />}
          {payment.mismatch === null && payment.status === 'unknown' && (
            <Alert type="warning" showIcon title={t('unknownTitle')} description={t('unknownHint')} />
          )}
          {payment.status === 'authorized' && <Hold payment={payment} />}
          <Facts payment={payment} />
          <AssessmentsCard of={{ paymentId: payment.id }} isWaiting={payment.status === 'requires_review'} />
          <Captures payment={payment} />
          {payment.refunds.length > 0 && (
            <Card title={t('refunds')}>
              <RefundsTable refunds={payment.refunds} />
            </Card>
          )}
        </div>
        <History payment={payment} />
      </div>
    </>
  );
}

export function PaymentPage() {
  const { id = '' } = useParams();
  const payment = useQuery({
    queryKey: ['/admin/payments', id],
    queryFn: () => consoleApi.get<StaffPaymentDetail>(`/admin/payments/${encodeURIComponent(id)}`),
  });
  if (payment.data !== undefined) {
    return <PaymentView payment={payment.data} />;
  }
  return payment.isError ? (
    <Problem
      error={payment.error}
      onRetry={() => {
        void payment.refetch();
      }}
    />
  ) : (
    <Loading />
  );
}
