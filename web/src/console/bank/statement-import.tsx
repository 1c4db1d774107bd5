import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Alert, Button, Flex, Form, Modal, Select, Table, Tag, Upload } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { consoleApi } from '../../api.ts';
import { wordFor } from '../../language.ts';
import type { BankAccount, StatementReport, StatementReportLine } from '../../types/hand-books.ts';
import { Problem } from '../notices.tsx';
import { Amount, Id } from '../values.tsx';

const PRESETS = ['international', 'european', 'british', 'american'];
const COLOURS: Readonly<Record<string, string>> = {
  matched: 'green',
  unmatched: 'volcano',
  changed: 'red',
};

function Report({ report }: { readonly report: StatementReport }) {
  const { t } = useTranslation();
  return (
    <Flex vertical gap="middle">
      {report.statementId === null && <Alert type="error" showIcon title={t('nothingImported')} />}
      {report.problems.map(({ line, message }) => (
        <Alert key={line} type="warning" title={`${t('line')} ${line}: ${message}`} />
      ))}
      {report.ignoredColumns.length > 0 && (
        <span className="faint">{t('ignoredColumns', { names: report.ignoredColumns.join(', ') })}</span>
      )}
      <Flex gap="small" wrap>
        {Object.entries(report.totals).map(([outcome, count]) => (
          <Tag key={outcome} color={count > 0 ? (COLOURS[outcome] ?? 'default') : 'default'}>
            {wordFor('statementOutcome', outcome)} {count}
          </Tag>
        ))}
      </Flex>
      <Table<StatementReportLine>
        size="small"
        rowKey="line"
        dataSource={[...report.lines]}
        pagination={{ pageSize: 20, hideOnSinglePage: true, showSizeChanger: false }}
        scroll={{ x: 'max-content' }}
        columns={[
          { title: t('line'), dataIndex: 'line', align: 'right' },
          { title: t('bookedOn'), dataIndex: 'bookedOn' },
          {
            title: t('amount'),
            align: 'right',
            render: (_value, { amount }) => <Amount amount={amount} currency={report.currency} />,
          },
          {
            title: t('outcome'),
            render: (_value, { outcome, reason }) => (
              <>
                <Tag color={COLOURS[outcome] ?? 'default'}>{wordFor('statementOutcome', outcome)}</Tag>
                {reason !== null && <small className="faint">{wordFor('lineReason', reason)}</small>}
              </>
            ),
          },
          { title: t('payment'), render: (_value, { paymentId }) => <Id id={paymentId} isShort /> },
        ]}
      />
    </Flex>
  );
}

interface Choice {
  readonly account: string | undefined;
  readonly preset: string;
}

interface ChooseProps extends Choice {
  readonly onChange: (choice: Choice) => void;
  readonly onChoose: (file: File | undefined) => void;
}

function Choose({ account, preset, onChange, onChoose }: ChooseProps) {
  const { t } = useTranslation();
  const accounts = useQuery({
    queryKey: ['/admin/bank-accounts'],
    queryFn: () => consoleApi.get<{ readonly items: readonly BankAccount[] }>('/admin/bank-accounts'),
  });
  const items = accounts.data?.items ?? [];
  return (
    <Form layout="vertical">
      <p className="faint">{t('importStatementHint')}</p>
      {accounts.isSuccess && items.length === 0 && <Alert type="warning" showIcon title={t('noAccounts')} />}
      <Form.Item label={t('account')}>
        <Select
          aria-label={t('account')}
          value={account ?? null}
          onChange={(value: string) => onChange({ account: value, preset })}
          options={items.map(({ id, bank, currency, number, iban }) => ({
            value: id,
            label: [id, bank, iban ?? number, currency].join(' · '),
          }))}
        />
      </Form.Item>
      <Form.Item label={t('preset')}>
        <Select
          aria-label={t('preset')}
          value={preset}
          onChange={(value: string) => onChange({ account, preset: value })}
          options={PRESETS.map((value) => ({ value, label: wordFor('preset', value) }))}
        />
      </Form.Item>
      <Upload.Dragger
        accept=".csv,text/csv"
        maxCount={1}
        beforeUpload={(file) => {
          onChoose(file);
          // It is sent with the button, not as soon as it is chosen.
          return false;
        }}
        onRemove={() => onChoose(undefined)}
      >
        {t('chooseFile')}
      </Upload.Dragger>
    </Form>
  );
}

/** Takes a bank's statement and shows what became of each line. Importing the same file again is harmless. */
export function StatementImport({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const [file, setFile] = useState<File>();
  const [choice, setChoice] = useState<Choice>({ account: undefined, preset: 'international' });
  const { account, preset } = choice;
  const run = useMutation({
    mutationFn: (chosen: File) =>
      consoleApi.send<StatementReport>('POST', '/admin/bank-statements/import', {
        file: new Blob([chosen], { type: 'text/csv' }),
        query: { account, preset },
      }),
    onSuccess: () => queryClient.invalidateQueries(),
  });
  const isDone = run.data !== undefined;
  const start = () => file !== undefined && run.mutate(file);
  return (
    <Modal
      open
      title={t('importStatement')}
      width={860}
      mask={{ closable: false }}
      onCancel={onClose}
      footer={[
        <Button key="other" onClick={isDone ? run.reset : onClose}>
          {t(isDone ? 'importAnother' : 'cancel')}
        </Button>,
        <Button
          key="main"
          type="primary"
          disabled={file === undefined || account === undefined}
          loading={run.isPending}
          onClick={isDone ? onClose : start}
        >
          {t(isDone ? 'confirm' : 'importNow')}
        </Button>,
      ]}
    >
      {isDone ? <Report report={run.data} /> : <Choose {...choice} onChange={setChoice} onChoose={setFile} />}
      {run.isError && <Problem error={run.error} />}
    </Modal>
  );
}
