import { Empty, Table, type TableProps } from 'antd';
import { useTranslation } from 'react-i18next';
import { Problem } from './notices.tsx';
import type { ListState } from './use-list.ts';

interface Props<T> {
  readonly list: ListState<T>;
  readonly columns: NonNullable<TableProps<T>['columns']>;
  readonly rowKey: (keyof T & string) | ((row: T) => string);
  /** What an empty list says; lists of things to do are glad to be empty. */
  readonly emptyText?: string | undefined;
  readonly onOpen?: (row: T) => void;
  readonly expandable?: TableProps<T>['expandable'];
}

type Column<T> = NonNullable<TableProps<T>['columns']>[number];

/** What can be done with a row, the column without a title, stays in view however wide the table is. */
export function keepInView<T>(column: Column<T>): Column<T> {
  return column.title === undefined ? { ...column, fixed: 'end' } : column;
}

/** A list of the server's: one page at a time, with its loading, empty and failed states. */
export function DataTable<T extends object>({
  list,
  columns,
  rowKey,
  emptyText,
  onOpen,
  expandable,
}: Props<T>) {
  const { t } = useTranslation();
  const { query, turnTo } = list;
  const hasMore = query.data?.items.some((row) => expandable?.rowExpandable?.(row) ?? true) ?? false;
  const retry = () => {
    void query.refetch();
  };
  if (query.isError && query.data === undefined) {
    return <Problem error={query.error} onRetry={retry} />;
  }
  const pagination = query.data?.pagination;
  const totalText = pagination?.isTotalCapped ? 'manyItems' : 'totalItems';
  return (
    <>
      {query.isError && <Problem error={query.error} onRetry={retry} />}
      <Table<T>
        size="middle"
        rowKey={rowKey}
        columns={columns.map(keepInView)}
        dataSource={query.data?.items ?? []}
        loading={query.isPending || query.isPlaceholderData}
        scroll={{ x: 'max-content' }}
        locale={{
          emptyText: (
            <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={emptyText ?? t('nothingHere')} />
          ),
        }}
        {...(expandable !== undefined && hasMore && { expandable })}
        {...(onOpen !== undefined && {
          onRow: (row) => ({ className: 'opens', onClick: () => onOpen(row) }),
        })}
        pagination={
          pagination === undefined
            ? false
            : {
                current: pagination.page,
                pageSize: pagination.limit,
                total: pagination.total,
                showSizeChanger: pagination.total > 20,
                pageSizeOptions: [20, 50, 100],
                showTotal: (count) => t(totalText, { count }),
                onChange: turnTo,
              }
        }
      />
    </>
  );
}
