import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link, useSearchParams } from 'react-router';
import { shopApi } from '../api.ts';
import { Answered } from '../light/notices.tsx';
import { formatMoment } from '../moments.ts';
import type { Notice, NoticePage } from '../types/notices.ts';
import { Pager } from './pager.tsx';
import { NOTICES } from './use-unread.ts';

/** Where a notice leads to, by what it is about. */
const PLACES: Readonly<Record<string, (id: string) => string>> = {
  order: (id) => `/orders/${id}`,
  invite_reward: () => '/account',
  wallet: () => '/coins',
  topup: (id) => `/top-up/${id}`,
};

function useMark() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (path: string) => shopApi.send('POST', path),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: [NOTICES] }),
  });
}

function NoticeCard({ notice }: { readonly notice: Notice }) {
  const { i18n } = useTranslation();
  const mark = useMark();
  const { id, title, body, subject, readAt, createdAt } = notice;
  const read = () => readAt === null && mark.mutate(`/notifications/${id}/read`);
  const content = (
    <>
      <strong>{title}</strong>
      <span>{body}</span>
      <small className="quiet">{formatMoment(createdAt, i18n.language)}</small>
    </>
  );
  const to = PLACES[subject.type]?.(subject.id);
  const className = `card notice ${readAt === null ? 'unread' : ''}`;
  return (
    <li>
      {to === undefined ? (
        <button type="button" className={className} onClick={read}>
          {content}
        </button>
      ) : (
        <Link className={className} to={to} onClick={read}>
          {content}
        </Link>
      )}
    </li>
  );
}

/** What the customer was told; opening a notice marks it as read. */
export function NoticesPage() {
  const { t } = useTranslation();
  const mark = useMark();
  const [parameters] = useSearchParams();
  const page = Math.max(1, Number(parameters.get('page')) || 1);
  const notices = useQuery({
    queryKey: [NOTICES, page],
    queryFn: () => shopApi.get<NoticePage>('/notifications', { page, limit: 20 }),
    placeholderData: keepPreviousData,
  });
  return (
    <>
      <div className="list-head">
        <h1>{t('notices')}</h1>
        {(notices.data?.unreadCount ?? 0) > 0 && (
          <button type="button" className="link" onClick={() => mark.mutate('/notifications/read-all')}>
            {t('markAllRead')}
          </button>
        )}
      </div>
      <Answered query={notices}>
        {({ items, pagination }) => (
          <>
            {items.length === 0 && <p className="nothing">{t('noNotices')}</p>}
            <ul className="order-list">
              {items.map((notice) => (
                <NoticeCard key={notice.id} notice={notice} />
              ))}
            </ul>
            <Pager pagination={pagination} />
          </>
        )}
      </Answered>
    </>
  );
}
