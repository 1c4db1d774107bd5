import { Descriptions } from 'antd';
import { useTranslation } from 'react-i18next';
import { wordFor } from '../../language.ts';
import type { Assessment } from '../../types/risk.ts';
import { Moment, Status } from '../values.tsx';
import { Factors } from './factors.tsx';

function useSignalItems(signals: Assessment['signals']) {
  const { t } = useTranslation();
  if (signals === null) {
    return [];
  }
  const { customer, device } = signals;
  return [
    { key: 'billing', label: t('billingCountry'), children: signals.billingCountry ?? '–' },
    { key: 'address', label: t('addressCountry'), children: signals.addressCountry ?? '–' },
    { key: 'customer', label: t('customerAttempts'), children: t('failedOf', { ...customer }) },
    {
      key: 'device',
      label: t('deviceAttempts'),
      children: device === null ? '–' : t('failedOf', { ...device }),
    },
  ];
}

/** What was looked at, what came of it, and who decided. */
export function AssessmentFacts({ assessment }: { readonly assessment: Assessment }) {
  const { t } = useTranslation();
  const { decision, decisionNote, decidedBy } = assessment;
  const signalItems = useSignalItems(assessment.signals);
  return (
    <Descriptions
      size="small"
      column={1}
      items={[
        {
          key: 'level',
          label: t('risk'),
          children: <Status kind="riskLevel" value={assessment.level} />,
        },
        { key: 'score', label: t('riskScore'), children: assessment.score },
        { key: 'factors', label: t('riskFactors'), children: <Factors factors={assessment.factors} /> },
        { key: 'verdict', label: t('status'), children: wordFor('riskVerdict', assessment.verdict) },
        ...signalItems,
        ...(decision === null
          ? []
          : [
              {
                key: 'decision',
                label: t('decision'),
                children: (
                  <span>
                    {wordFor('riskDecision', decision)} · {decidedBy}
                    {decisionNote !== null && ` · ${decisionNote}`} · <Moment at={assessment.decidedAt} />
                  </span>
                ),
              },
            ]),
        { key: 'created', label: t('created'), children: <Moment at={assessment.createdAt} /> },
      ]}
    />
  );
}
