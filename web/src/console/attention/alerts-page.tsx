import { Button, type TableProps } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { wordFor } from '../../language.ts';
import type { Alert } from '../../types/operations.ts';
import { ActDialog } from '../act-dialog.tsx';
import { DataTable } from '../data-table.tsx';
import { given, TextField } from '../fields.tsx';
import { ChoiceFilter, chosen, Filters } from '../filters.tsx';
import { PageHead } from '../page-head.tsx';
import { useList } from '../use-list.ts';
import { useMay } from '../use-me.ts';
import { Id, Json, Moment, Status } from '../values.tsx';

const INITIAL = 'open';

function ResolveDialog({ alert, onClose }: { readonly alert: Alert; readonly onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <ActDialog<{ readonly note?: string }>
      title={`${t('resolve')} · ${wordFor('alertKind', alert.kind)}`}
      verb={t('resolve')}
      toAct={({ note }) => ({
        method: 'POST',
        path: `/admin/alerts/${alert.id}/resolve`,
        body: given(note) === undefined ? {} : { note: given(note) },
      })}
      onClose={onClose}
    >
      <TextField name="note" label={t('resolveNote')} isRequired={false} maxLength={500} rows={2} autoFocus />
    </ActDialog>
  );
}

function useColumns(onResolve: (alert: Alert) => void): NonNullable<TableProps<Alert>['columns']> {
  const { t } = useTranslation();
  const may = useMay();
  return [
    {
      title: t('severity'),
      render: (_value, { severity }) => <Status kind="severity" value={severity} />,
    },
    { title: t('alert'), render: (_value, { kind }) => wordFor('alertKind', kind) },
    { title: t('subject'), render: (_value, { subject }) => <Id id={subject} /> },
    { title: t('status'), render: (_value, { state }) => <Status kind="alertState" value={state} /> },
    { title: t('occurrences'), align: 'right', dataIndex: 'occurrences' },
    { title: t('lastSeen'), render: (_value, { lastAt }) => <Moment at={lastAt} /> },
    {
      key: 'resolve',
      align: 'right',
      render: (_value, alert) =>
        alert.state === 'open' &&
        may('alerts.write') && (
          <Button size="small" onClick={() => onResolve(alert)}>
            {t('resolve')}
          </Button>
        ),
    },
  ];
}

/** What a person should look at. */
export function AlertsPage() {
  const { t } = useTranslation();
  const [resolving, setResolving] = useState<Alert>();
  const list = useList<Alert>('/admin/alerts', (filter) => ({
    state: chosen(filter('state'), INITIAL),
    severity: chosen(filter('severity')),
  }));
  return (
    <>
      <PageHead title={t('nav.alerts')} />
      <Filters>
        <ChoiceFilter
          list={list}
          name="state"
          label={t('status')}
          kind="alertState"
          values={['open', 'resolved']}
          initial={INITIAL}
        />
        <ChoiceFilter
          list={list}
          name="severity"
          label={t('severity')}
          kind="severity"
          values={['critical', 'warning']}
        />
      </Filters>
      <DataTable
        list={list}
        rowKey="id"
        columns={useColumns(setResolving)}
        emptyText={t('nothingToDo')}
        expandable={{ expandedRowRender: ({ details }) => <Json value={details} /> }}
      />
      {resolving !== undefined && <ResolveDialog alert={resolving} onClose={() => setResolving(undefined)} />}
    </>
  );
}
