import { useTranslation } from 'react-i18next';
import { Link, NavLink } from 'react-router';
import { shopSession } from '../session.ts';
import { useSession } from '../use-session.ts';
import { useOperators } from './use-operators.ts';
import { useUnread } from './use-unread.ts';

function Bell() {
  const { t } = useTranslation();
  const unread = useUnread();
  return (
    <Link className="bell" to="/notices" aria-label={t('noticesUnread', { count: unread })}>
      <svg viewBox="0 0 24 24" width="22" height="22" aria-hidden="true">
        <path d="M12 3a6 6 0 0 0-6 6v4l-1.6 3h15.2L18 13V9a6 6 0 0 0-6-6Zm-2.4 15a2.5 2.5 0 0 0 4.8 0" />
      </svg>
      {unread > 0 && <span className="bell-count">{unread > 99 ? '99+' : unread}</span>}
    </Link>
  );
}

/** The parts of the shop. */
export function Sections() {
  const { t } = useTranslation();
  const operators = useOperators();
  return (
    <>
      <NavLink to="/" end>
        {t('goods')}
      </NavLink>
      <NavLink to="/coins">{t('coins')}</NavLink>
      {operators.length > 0 && <NavLink to="/top-up">{t('topUp')}</NavLink>}
      <NavLink to="/orders">{t('myOrders')}</NavLink>
    </>
  );
}

/** Who is here, and what they were told. */
export function AccountLinks() {
  const { t } = useTranslation();
  const session = useSession(shopSession);
  if (session === undefined) {
    return <Link to="/log-in">{t('logIn')}</Link>;
  }
  return (
    <>
      <Bell />
      <Link to="/account" title={session.name}>
        {t('account')}
      </Link>
    </>
  );
}
