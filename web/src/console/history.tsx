import { Card, Timeline } from 'antd';
import { useTranslation } from 'react-i18next';
import { wordFor } from '../language.ts';
import { formatExactMoment } from '../moments.ts';
import type { HistoryStep } from '../types/orders.ts';
import { Actor, Status } from './values.tsx';

const WORDS: Readonly<Record<string, string>> = {
  'order.payment_status': 'paymentStatus',
  'order.fulfilment_status': 'fulfilment',
  'payment.status': 'attempt',
  'capture.status': 'attempt',
  'refund_request.status': 'refundRequest',
};

/** The kind of a status' words, by whose status it is. */
export function wordsOf(entity: string, field: string): string {
  return WORDS[`${entity}.${field}`] ?? entity;
}

function Step({ step }: { readonly step: HistoryStep }) {
  const { i18n } = useTranslation();
  const { entity, field, to, actor, note, at } = step;
  return (
    <div className="timeline-entry">
      <p>
        {wordFor('field', `${entity}.${field}`)} <Status kind={wordsOf(entity, field)} value={to} />
      </p>
      <small>
        <Actor actor={actor} />
        {note !== null && ` · ${note}`}
      </small>
      <small>{formatExactMoment(at, i18n.language)}</small>
    </div>
  );
}

/** How a thing came to stand where it does, newest first. */
export function History({ steps }: { readonly steps: readonly HistoryStep[] }) {
  const { t } = useTranslation();
  return (
    <Card title={t('history')}>
      <Timeline
        items={steps.toReversed().map((step, index) => ({
          key: `${step.entityId} ${step.at} ${index}`,
          color: 'gray',
          content: <Step step={step} />,
        }))}
      />
    </Card>
  );
}
