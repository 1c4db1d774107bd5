import { Button, Flex, Table } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { CashCollection } from '../../types/hand-books.ts';
import { Problem } from '../notices.tsx';
import { useList } from '../use-list.ts';
import { useMay } from '../use-me.ts';
import { Amount, Id, Moment } from '../values.tsx';
import { HandOverDialog } from './hand-over-dialog.tsx';

/** Cash that couriers hold; some of it is chosen and recorded as handed over. */
export function HeldCash() {
  const { t } = useTranslation();
  const may = useMay();
  const [chosenIds, setChosenIds] = useState<readonly string[]>([]);
  const [isOpen, setIsOpen] = useState(false);
  const list = useList<CashCollection>('/admin/cash-collections', () => ({ state: 'outstanding' }));
  const { query, turnTo } = list;
  const items = query.data?.items ?? [];
  const chosen = items.filter(({ paymentId }) => chosenIds.includes(paymentId));
  const isOneCurrency = new Set(chosen.map(({ currency }) => currency)).size === 1;
  const close = () => {
    setIsOpen(false);
    setChosenIds([]);
  };
  if (query.isError) {
    return <Problem error={query.error} onRetry={() => void query.refetch()} />;
  }
  return (
    <Flex vertical gap="middle">
      {may('cash.record') && (
        <div>
          <Button type="primary" disabled={!isOneCurrency} onClick={() => setIsOpen(true)}>
            {t('handOver')}
          </Button>
        </div>
      )}
      <Table<CashCollection>
        size="middle"
        rowKey="paymentId"
        dataSource={[...items]}
        loading={query.isPending}
        scroll={{ x: 'max-content' }}
        locale={{ emptyText: t('nothingToDo') }}
        rowSelection={{
          selectedRowKeys: [...chosenIds],
          onChange: (keys) => setChosenIds(keys.map(String)),
        }}
        pagination={
          query.data === undefined
            ? false
            : {
                current: query.data.pagination.page,
                pageSize: query.data.pagination.limit,
                total: query.data.pagination.total,
                pageSizeOptions: [20, 50, 100],
                onChange: turnTo,
              }
        }
        columns={[
          { title: t('order'), render: (_value, { orderId }) => <Id id={orderId} /> },
          { title: t('collected'), render: (_value, { collectedAt }) => <Moment at={collectedAt} /> },
          {
            title: t('amount'),
            align: 'right',
            render: (_value, { amount, currency }) => <Amount amount={amount} currency={currency} />,
          },
        ]}
      />
      {isOpen && <HandOverDialog collections={chosen} onClose={close} />}
    </Flex>
  );
}
