import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Card, Flex, Input, Statistic, Table, type TableProps } from 'antd';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import { consoleApi } from '../../api.ts';
import { wordFor } from '../../language.ts';
import { formatMoney } from '../../money.ts';
import type { TopupDaySummary, TopupFigures, TopupStatistics } from '../../types/topups.ts';
import { Filters } from '../filters.tsx';
import { Answered, Problem } from '../notices.tsx';
import { Amount, Status } from '../values.tsx';

type Revenue = TopupFigures['revenue'][number];
type Group = TopupFigures['groups'][number];

const SUMS = ['paid', 'delivered', 'returned'] as const;

/** What was paid, delivered and given back. */
function Revenues({ title, figures }: { readonly title: string; readonly figures: TopupFigures }) {
  const { t, i18n } = useTranslation();
  return (
    <Card title={title} className="figures">
      {figures.revenue.length === 0 && <span className="faint">{t('nothingHere')}</span>}
      {figures.revenue.map((sums) => (
        <Flex key={sums.currency} gap="large" wrap>
          {SUMS.map((name) => (
            <Statistic
              key={name}
              title={`${t(`figures.${name}`)} · ${sums[name].count}`}
              value={formatMoney(sums[name].amount, sums.currency, i18n.language)}
            />
          ))}
        </Flex>
      ))}
    </Card>
  );
}

function useGroupColumns(): NonNullable<TableProps<Group>['columns']> {
  const { t } = useTranslation();
  return [
    { title: t('operator'), render: (_value, { operator }) => wordFor('operator', operator) },
    { title: t('kindOfOffer'), render: (_value, { type }) => wordFor('topupType', type) },
    { title: t('delivery'), render: (_value, { status }) => <Status kind="topupStatus" value={status} /> },
    { title: t('figures.count'), align: 'right', dataIndex: 'count' },
    {
      title: t('amount'),
      align: 'right',
      render: (_value, { amount, currency }) => <Amount amount={amount} currency={currency} />,
    },
  ];
}

function Groups({ figures }: { readonly figures: TopupFigures }) {
  const { t } = useTranslation();
  return (
    <Table<Group>
      size="middle"
      rowKey={({ operator, type, status, currency }) => [operator, type, status, currency].join(' ')}
      columns={useGroupColumns()}
      dataSource={[...figures.groups]}
      locale={{ emptyText: t('nothingHere') }}
      pagination={false}
      scroll={{ x: 'max-content' }}
    />
  );
}

/** Days as they stood a quarter of an hour after their end. */
function Days() {
  const { t } = useTranslation();
  const summaries = useQuery({
    queryKey: ['/admin/topups/summaries'],
    queryFn: () => consoleApi.get<{ readonly items: readonly TopupDaySummary[] }>('/admin/topups/summaries'),
  });
  const rows = (summaries.data?.items ?? []).flatMap(({ day, revenue }) =>
    revenue.map((sums) => ({ day, ...sums })),
  );
  return (
    <Card title={t('latestDays')}>
      {summaries.isError && <Problem error={summaries.error} onRetry={() => void summaries.refetch()} />}
      <Table<Revenue & { readonly day: string }>
        size="small"
        rowKey={({ day, currency }) => `${day} ${currency}`}
        dataSource={rows}
        loading={summaries.isPending}
        locale={{ emptyText: t('nothingHere') }}
        pagination={{ pageSize: 31, hideOnSinglePage: true, showSizeChanger: false }}
        scroll={{ x: 'max-content' }}
        columns={[
          { title: t('date'), dataIndex: 'day' },
          ...SUMS.map((name) => ({
            title: t(`figures.${name}`),
            align: 'right' as const,
            render: (_value: unknown, sums: Revenue) => (
              <>
                <Amount amount={sums[name].amount} currency={sums.currency} />
                <small className="faint"> × {sums[name].count}</small>
              </>
            ),
          })),
        ]}
      />
    </Card>
  );
}

/** A first and a last day; figures of them are shown once both are given. */
function Period() {
  const { t } = useTranslation();
  const [parameters, setParameters] = useSearchParams();
  const set = (name: string, day: string) => {
    const next = new URLSearchParams(parameters);
    if (day === '') {
      next.delete(name);
    } else {
      next.set(name, day);
    }
    setParameters(next);
  };
  return (
    <Filters>
      {['from', 'until'].map((name) => (
        <Input
          key={name}
          className="filter-day"
          type="date"
          aria-label={t(name)}
          prefix={<span className="faint">{t(name)}</span>}
          value={parameters.get(name) ?? ''}
          onChange={(event) => set(name, event.target.value)}
        />
      ))}
    </Filters>
  );
}

/** What top-ups bring, by the day on which they were paid in Shanghai. */
export function Figures() {
  const { t } = useTranslation();
  const [parameters] = useSearchParams();
  const from = parameters.get('from') ?? '';
  const to = parameters.get('until') ?? '';
  const query = from !== '' && to !== '' ? { from, to } : {};
  const statistics = useQuery({
    queryKey: ['/admin/topups/statistics', query],
    queryFn: () => consoleApi.get<TopupStatistics>('/admin/topups/statistics', query),
    placeholderData: keepPreviousData,
  });
  return (
    <Answered query={statistics}>
      {({ day, today, month, period }) => (
        <div className="stack">
          <div className="halves">
            <Revenues title={`${t('today')} · ${day}`} figures={today} />
            <Revenues title={`${t('thisMonth')} · ${day.slice(0, 7)}`} figures={month} />
          </div>
          <Card title={t(period === null ? 'byKindThisMonth' : 'byKind')}>
            <Period />
            {period !== null && <Revenues title={`${from} – ${to}`} figures={period} />}
            <Groups figures={period ?? month} />
          </Card>
          <Days />
        </div>
      )}
    </Answered>
  );
}
