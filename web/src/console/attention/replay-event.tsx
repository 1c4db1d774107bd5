import { Button, Popconfirm } from 'antd';
import { useTranslation } from 'react-i18next';
import type { ProviderEvent } from '../../types/operations.ts';
import { useAct } from '../use-act.ts';
import { useMay } from '../use-me.ts';

/** Applies a notification that stands still once more. */
export function ReplayEvent({ event }: { readonly event: ProviderEvent }) {
  const { t } = useTranslation();
  const may = useMay();
  const act = useAct();
  if (!['stored', 'quarantined'].includes(event.state) || !may('payments.write')) {
    return null;
  }
  const replay = () => act.mutate({ method: 'POST', path: `/admin/provider-events/${event.id}/replay` });
  return (
    <Popconfirm title={t('replayAsk')} okText={t('replay')} cancelText={t('cancel')} onConfirm={replay}>
      <Button size="small" loading={act.isPending}>
        {t('replay')}
      </Button>
    </Popconfirm>
  );
}
