import { useQuery } from '@tanstack/react-query';
import { Card } from 'antd';
import { useTranslation } from 'react-i18next';
import { consoleApi, type Query } from '../../api.ts';
import type { Page } from '../../types/page.ts';
import type { Assessment } from '../../types/risk.ts';
import { useMay } from '../use-me.ts';
import { AssessmentFacts } from './assessment-facts.tsx';
import { DecideReview } from './decide-review.tsx';

interface Props {
  /** Of one payment, or the newest of an order. */
  readonly of: Query;
  /** Whether the payment waits for a person. */
  readonly isWaiting?: boolean;
}

/** How risky a payment looked, on its page and on its order's; nothing where it was never judged. */
export function AssessmentsCard({ of, isWaiting = false }: Props) {
  const { t } = useTranslation();
  const may = useMay();
  const query = { limit: 1, ...of };
  const found = useQuery({
    queryKey: ['/admin/risk/assessments', query],
    queryFn: () => consoleApi.get<Page<Assessment>>('/admin/risk/assessments', query),
    enabled: may('risk.read'),
  });
  const assessment = found.data?.items[0];
  if (assessment === undefined) {
    return null;
  }
  return (
    <Card title={t('risk')} extra={isWaiting && <DecideReview assessmentId={assessment.id} />}>
      <AssessmentFacts assessment={assessment} />
    </Card>
  );
}
