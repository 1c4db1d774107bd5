import { Alert, Checkbox, Flex, Table, Tag } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { wordFor } from '../../language.ts';
import type { ImportLine, ImportReport } from '../../types/catalog.ts';

const COLOURS: Readonly<Record<string, string>> = { created: 'green', updated: 'blue', failed: 'red' };

function Totals({
  name,
  counts,
}: {
  readonly name: string;
  readonly counts: Readonly<Record<string, number>>;
}) {
  const { t } = useTranslation();
  return (
    <Flex gap="small" wrap align="center">
      <span>{t(name)}</span>
      {Object.entries(counts).map(([outcome, count]) => (
        <Tag key={outcome} color={count > 0 ? (COLOURS[outcome] ?? 'default') : 'default'}>
          {wordFor('outcome', outcome)} {count}
        </Tag>
      ))}
    </Flex>
  );
}

/** What became of each line of a file. */
export function ImportReportView({ report }: { readonly report: ImportReport }) {
  const { t } = useTranslation();
  const hasMessages = report.lines.some(({ messages }) => messages.length > 0);
  const [isBrief, setIsBrief] = useState(hasMessages);
  const lines = isBrief ? report.lines.filter(({ messages }) => messages.length > 0) : report.lines;
  return (
    <Flex vertical gap="middle">
      {report.isDryRun && <Alert type="info" showIcon title={t('checkedOnly')} />}
      {report.notes.map((note) => (
        <Alert key={note} type="warning" showIcon title={note} />
      ))}
      <Totals name="nav.products" counts={report.totals.products} />
      <Totals name="variants" counts={report.totals.variants} />
      {hasMessages && (
        <Checkbox checked={isBrief} onChange={(event) => setIsBrief(event.target.checked)}>
          {t('onlyProblems')}
        </Checkbox>
      )}
      <Table<ImportLine>
        size="small"
        rowKey="line"
        dataSource={[...lines]}
        pagination={{ pageSize: 20, hideOnSinglePage: true, showSizeChanger: false }}
        scroll={{ x: 'max-content' }}
        columns={[
          { title: t('line'), dataIndex: 'line', align: 'right' },
          { title: t('handle'), dataIndex: 'handle' },
          { title: t('sku'), dataIndex: 'sku' },
          {
            title: t('outcome'),
            render: (_value, { outcome }) => (
              <Tag color={COLOURS[outcome] ?? 'default'}>{wordFor('outcome', outcome)}</Tag>
            ),
          },
          {
            title: t('messages'),
            render: (_value, { messages }) => messages.map((message) => <div key={message}>{message}</div>),
          },
        ]}
      />
    </Flex>
  );
}
