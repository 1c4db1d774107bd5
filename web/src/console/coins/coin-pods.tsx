import { useQuery } from '@tanstack/react-query';
import { Button, Empty, Flex, Switch, Table, type TableProps } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { consoleApi } from '../../api.ts';
import { COIN } from '../../money.ts';
import type { StaffCoinPod } from '../../types/coins.ts';
import { Problem } from '../notices.tsx';
import { useAct } from '../use-act.ts';
import { useMay } from '../use-me.ts';
import { useSettings } from '../use-settings.ts';
import { Amount } from '../values.tsx';
import { PodDialog } from './pod-dialog.tsx';

interface RowProps {
  readonly pods: readonly StaffCoinPod[];
  readonly pod: StaffCoinPod;
}

/** Moves a package one place up or down: the list is sent as it shall stand. */
function MoveButtons({ pods, pod }: RowProps) {
  const { t } = useTranslation();
  const act = useAct();
  const index = pods.indexOf(pod);
  const move = (to: number) => {
    const others = pods.filter((other) => other !== pod);
    const podIds = others.toSpliced(to, 0, pod).map(({ id }) => id);
    act.mutate({ method: 'PUT', path: '/admin/coin-pods/order', body: { podIds } });
  };
  return (
    <Flex gap={4}>
      <Button
        size="small"
        aria-label={`${t('moveUp')} ${pod.name}`}
        disabled={index === 0 || act.isPending}
        onClick={() => move(index - 1)}
      >
        ↑
      </Button>
      <Button
        size="small"
        aria-label={`${t('moveDown')} ${pod.name}`}
        disabled={index === pods.length - 1 || act.isPending}
        onClick={() => move(index + 1)}
      >
        ↓
      </Button>
    </Flex>
  );
}

/** Whether customers can buy it. */
function OnSale({ pod }: Pick<RowProps, 'pod'>) {
  const { t } = useTranslation();
  const may = useMay();
  const act = useAct();
  return (
    <Switch
      aria-label={`${t('onSale')} ${pod.name}`}
      checked={pod.status === 'active'}
      disabled={!may('coins.write')}
      loading={act.isPending}
      onChange={(isOn) =>
        act.mutate({
          method: 'PATCH',
          path: `/admin/coin-pods/${pod.id}`,
          body: { status: isOn ? 'active' : 'inactive' },
        })
      }
    />
  );
}

function useColumns(
  pods: readonly StaffCoinPod[],
  edit: (pod: StaffCoinPod) => void,
): NonNullable<TableProps<StaffCoinPod>['columns']> {
  const { t, i18n } = useTranslation();
  const may = useMay();
  return [
    {
      title: t('coinPod'),
      render: (_value, { name, description }) => (
        <>
          {name}
          {description !== null && <small className="faint below">{description}</small>}
        </>
      ),
    },
    {
      title: t('coins'),
      align: 'right',
      render: (_value, { coin }) => <Amount amount={coin} currency={COIN} />,
    },
    {
      title: t('giftCoins'),
      align: 'right',
      render: (_value, { giftCoin, giftDays }) => (
        <>
          <Amount amount={giftCoin} currency={COIN} />
          {giftCoin > 0 && giftDays !== null && (
            <small className="faint below">{t('forDays', { count: giftDays, lng: i18n.language })}</small>
          )}
        </>
      ),
    },
    {
      title: t('price'),
      align: 'right',
      render: (_value, { price, currency }) => <Amount amount={price} currency={currency} />,
    },
    { title: t('onSale'), render: (_value, pod) => <OnSale pod={pod} /> },
    {
      title: t('position'),
      hidden: !may('coins.write'),
      render: (_value, pod) => <MoveButtons pods={pods} pod={pod} />,
    },
    {
      key: 'edit',
      align: 'right',
      hidden: !may('coins.write'),
      render: (_value, pod) => (
        <Button size="small" onClick={() => edit(pod)}>
          {t('edit')}
        </Button>
      ),
    },
  ];
}

/** What coins are sold in, in the order in which customers see it. */
export function CoinPods() {
  const { t } = useTranslation();
  const may = useMay();
  const [editing, setEditing] = useState<StaffCoinPod | 'new'>();
  const found = useQuery({
    queryKey: ['/admin/coin-pods'],
    queryFn: () => consoleApi.get<{ readonly items: readonly StaffCoinPod[] }>('/admin/coin-pods'),
  });
  const settings = useSettings();
  const pods = found.data?.items ?? [];
  const columns = useColumns(pods, setEditing);
  const pod = editing === 'new' ? undefined : editing;
  const currency = pod?.currency ?? settings.data?.currency;
  if (found.isError) {
    return <Problem error={found.error} onRetry={() => void found.refetch()} />;
  }
  return (
    <Flex vertical gap="middle">
      {may('coins.write') && (
        <div>
          <Button type="primary" disabled={settings.data === undefined} onClick={() => setEditing('new')}>
            {t('podNew')}
          </Button>
        </div>
      )}
      <Table<StaffCoinPod>
        size="middle"
        rowKey="id"
        columns={columns}
        dataSource={[...pods]}
        loading={found.isPending}
        pagination={false}
        scroll={{ x: 'max-content' }}
        locale={{ emptyText: <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('noPods')} /> }}
      />
      {editing !== undefined && currency !== undefined && (
        <PodDialog
          {...(pod !== undefined && { pod })}
          currency={currency}
          onClose={() => setEditing(undefined)}
        />
      )}
    </Flex>
  );
}
