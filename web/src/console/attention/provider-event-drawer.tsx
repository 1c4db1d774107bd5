import { useQuery } from '@tanstack/react-query';
import { Alert, Descriptions, Drawer, Flex, Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import { consoleApi } from '../../api.ts';
import { wordFor } from '../../language.ts';
import type { ProviderEventDetail } from '../../types/operations.ts';
import { Loading, Problem } from '../notices.tsx';
import { Id, Json, Moment, Status } from '../values.tsx';
import { ReplayEvent } from './replay-event.tsx';

function EventView({ event }: { readonly event: ProviderEventDetail }) {
  const { t } = useTranslation();
  return (
    <Flex vertical gap="middle">
      {event.error !== null && <Alert type="error" showIcon title={t('error')} description={event.error} />}
      <Descriptions
        size="small"
        column={1}
        items={[
          { key: 'state', label: t('status'), children: <Status kind="eventState" value={event.state} /> },
          {
            key: 'reason',
            label: t('reason'),
            children: event.reason === null ? '–' : wordFor('eventReason', event.reason),
          },
          { key: 'type', label: t('eventType'), children: event.eventType },
          { key: 'subject', label: t('subject'), children: <Id id={event.subjectId} /> },
          { key: 'provider', label: t('provider'), children: wordFor('provider', event.provider) },
          { key: 'merchant', label: t('merchant'), children: event.merchantAccount },
          { key: 'number', label: t('eventNumber'), children: event.eventId },
          { key: 'received', label: t('received'), children: <Moment at={event.receivedAt} /> },
        ]}
      />
      <Typography.Text strong>{t('whatWasRead')}</Typography.Text>
      <Json value={event.subject} />
      <Typography.Text strong>{t('headers')}</Typography.Text>
      <Json value={event.headers} />
    </Flex>
  );
}

/** One notification at the side of the list. Empty `id`: closed. */
export function ProviderEventDrawer({ id, onClose }: { readonly id: string; readonly onClose: () => void }) {
  const event = useQuery({
    queryKey: ['/admin/provider-events', id],
    queryFn: () => consoleApi.get<ProviderEventDetail>(`/admin/provider-events/${encodeURIComponent(id)}`),
    enabled: id !== '',
  });
  return (
    <Drawer
      open={id !== ''}
      size={560}
      title={id}
      extra={event.data !== undefined && <ReplayEvent event={event.data} />}
      onClose={onClose}
    >
      {event.isPending && <Loading />}
      {event.isError && (
        <Problem
          error={event.error}
          onRetry={() => {
            void event.refetch();
          }}
        />
      )}
      {event.data !== undefined && <EventView event={event.data} />}
    </Drawer>
  );
}
