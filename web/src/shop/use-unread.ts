import { useQuery } from '@tanstack/react-query';
import { shopApi } from '../api.ts';
import type { NoticePage } from '../types/notices.ts';

/** The first part of the keys of all queries about notices. */
export const NOTICES = 'notices';

const EVERY_MS = 30_000;

/** How many notices the customer has not read; asked for again every half minute. */
export function useUnread(): number {
  const first = useQuery({
    queryKey: [NOTICES, 'unread'],
    queryFn: () => shopApi.get<NoticePage>('/notifications', { limit: 1, unread: 'true' }),
    refetchInterval: EVERY_MS,
    refetchOnWindowFocus: 'always',
  });
  return first.data?.unreadCount ?? 0;
}
