import type { UseQueryResult } from '@tanstack/react-query';
import { Card, Table, type TableProps } from 'antd';
import { keepInView } from './data-table.tsx';
import { Problem } from './notices.tsx';

interface Props<T> {
  readonly query: UseQueryResult<{ readonly items: readonly T[] }>;
  readonly title: (count: number) => string;
  readonly columns: NonNullable<TableProps<T>['columns']>;
  readonly onOpen?: (row: T) => void;
}

/** What waits for a person, above everything else; nothing where nobody has to decide. */
export function WaitingCard<T extends { readonly id: string }>({ query, title, columns, onOpen }: Props<T>) {
  const items = query.data?.items ?? [];
  if (query.isError) {
    return <Problem error={query.error} onRetry={() => void query.refetch()} />;
  }
  if (items.length === 0) {
    return null;
  }
  return (
    <Card title={title(items.length)} className="attention">
      <Table<T>
        size="middle"
        rowKey="id"
        columns={columns.map(keepInView)}
        dataSource={[...items]}
        pagination={false}
        scroll={{ x: 'max-content' }}
        {...(onOpen !== undefined && {
          onRow: (row) => ({ className: 'opens', onClick: () => onOpen(row) }),
        })}
      />
    </Card>
  );
}
