import { useQuery } from '@tanstack/react-query';
import { Alert, Card, Descriptions } from 'antd';
import { useTranslation } from 'react-i18next';
import { useParams } from 'react-router';
import { consoleApi } from '../../api.ts';
import { wordFor } from '../../language.ts';
import type { KeptCard, StaffPaymentDetail } from '../../types/operations.ts';
import { History } from '../history.tsx';
import { Answered } from '../notices.tsx';
import { RefundsTable } from '../orders/order-money.tsx';
import { PageHead } from '../page-head.tsx';
import { AssessmentsCard } from '../risk/assessments-card.tsx';
import { Amount, Id, Moment, Status } from '../values.tsx';
import { Captures } from './captures.tsx';
import { Hold } from './hold.tsx';
import { Mismatch } from './mismatch.tsx';

function describeCard(card: KeptCard | null): string {
  const { brand, last4, authorisationCode, responseCode } = card ?? {};
  const parts = [brand, last4 && `•••• ${last4}`, authorisationCode, responseCode];
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
          { key: 'provider', label: t('provider'), children: wordFor('provider', provider) },
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
            children:
              [payment.reason, payment.failureReason]
                .flatMap((reason) => (reason === null ? [] : [wordFor('paymentReason', reason)]))
                .join(' · ') || '–',
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
        <History steps={payment.history} />
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
  return <Answered query={payment}>{(found) => <PaymentView payment={found} />}</Answered>;
}
