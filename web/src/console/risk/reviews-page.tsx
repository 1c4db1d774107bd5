import type { TableProps } from 'antd';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import { wordFor } from '../../language.ts';
import type { Assessment } from '../../types/risk.ts';
import { DataTable } from '../data-table.tsx';
import { ChoiceFilter, chosen, Filters, SearchFilter } from '../filters.tsx';
import { PageHead } from '../page-head.tsx';
import { useList } from '../use-list.ts';
import { Amount, Id, Moment, Status } from '../values.tsx';
import { AssessmentDrawer } from './assessment-drawer.tsx';
import { DecideReview } from './decide-review.tsx';
import { Factors } from './factors.tsx';

const LEVELS = ['high', 'medium', 'low'];

function useColumns(isQueue: boolean): NonNullable<TableProps<Assessment>['columns']> {
  const { t } = useTranslation();
  return [
    { title: t('created'), render: (_value, { createdAt }) => <Moment at={createdAt} /> },
    { title: t('order'), render: (_value, { purpose }) => <Id id={purpose.id} isShort /> },
    { title: t('customer'), render: (_value, { customerId }) => <Id id={customerId} isShort /> },
    {
      title: t('amount'),
      align: 'right',
      render: (_value, { amount, currency, method }) => (
        <>
          <Amount amount={amount} currency={currency} />
          <small className="faint below">{wordFor('method', method)}</small>
        </>
      ),
    },
    {
      title: t('risk'),
      render: (_value, { level, score }) => (
        <>
          <Status kind="riskLevel" value={level} />
          {t('riskPoints', { count: score })}
        </>
      ),
    },
    { title: t('riskFactors'), render: (_value, { factors }) => <Factors factors={factors} /> },
    isQueue
      ? { title: t('reviewUntil'), render: (_value, { heldUntil = null }) => <Moment at={heldUntil} /> }
      : {
          title: t('decision'),
          render: (_value, { decision, verdict }) =>
            decision === null ? wordFor('riskVerdict', verdict) : wordFor('riskDecision', decision),
        },
    {
      key: 'decide',
      align: 'right',
      // A click on the buttons must not open the row as well.
      onCell: () => ({ onClick: (event) => event.stopPropagation() }),
      render: (_value, { id }) => isQueue && <DecideReview assessmentId={id} />,
    },
  ];
}

/** Payments that wait for a person, the oldest first; and how all others were judged. */
export function ReviewsPage() {
  const { t } = useTranslation();
  const [parameters] = useSearchParams();
  const isQueue = (parameters.get('show') ?? 'waiting') === 'waiting';
  const path = isQueue ? '/admin/risk/reviews' : '/admin/risk/assessments';
  const list = useList<Assessment>(path, (filter) =>
    isQueue ? {} : { level: chosen(filter('level')), customerId: filter('customer') },
  );
  const columns = useColumns(isQueue);
  return (
    <>
      <PageHead title={t('nav.reviews')} />
      <Filters>
        <ChoiceFilter
          list={list}
          name="show"
          label={t('riskShow')}
          kind="riskShow"
          values={['waiting']}
          initial="waiting"
        />
        {!isQueue && (
          <>
            <ChoiceFilter list={list} name="level" label={t('risk')} kind="riskLevel" values={LEVELS} />
            <SearchFilter list={list} name="customer" label={t('customer')} />
          </>
        )}
      </Filters>
      <DataTable
        list={list}
        rowKey="id"
        columns={columns}
        emptyText={isQueue ? t('nothingToDo') : undefined}
        onOpen={({ id }) => list.change({ open: id })}
      />
      <AssessmentDrawer id={list.filter('open')} onClose={() => list.change({ open: '' })} />
    </>
  );
}
